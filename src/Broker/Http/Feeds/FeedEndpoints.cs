using System.Text.Json;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http.Access;

namespace MoshBroker.Http.Feeds;

/// <summary>The live side of the pages.</summary>
internal sealed class FeedEndpoints(FeedHost host, SharedFeed shared, ChangeFeed changes, TableFeed table, PulseFeed pulse, SessionDetailFeed detail, ScreenFeed screen)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/feed/overview", (HttpContext context, Principal who) => host.ServeAsync(context, (stream, leaving) =>
        {
            ScopedFeed feed = new(shared, who);
            return changes.ServeAsync(stream, () => JsonSerializer.SerializeToUtf8Bytes(OverviewView.Of(feed), FeedJson.Default.OverviewView), leaving);
        }));
        routes.MapGet("/feed/udp", (HttpContext context, IBrokerFeed feed, IBrokerRecords records) => host.ServeAsync(context, (stream, leaving) =>
            changes.ServeAsync(stream, () => JsonSerializer.SerializeToUtf8Bytes(UdpPageView.Of(feed, records), FeedJson.Default.UdpPageView), leaving)));
        routes.MapGet("/feed/nodes", (HttpContext context, IBrokerFeed feed) => NodePageView.Of(feed.Node) is null
            ? Refuse(context, StatusCodes.Status403Forbidden)
            : host.ServeAsync(context, (stream, leaving) => changes.ServeAsync(
                stream, () => JsonSerializer.SerializeToUtf8Bytes(NodePageView.Of(feed.Node)!, FeedJson.Default.NodePageView), leaving)));
        routes.MapGet("/feed/table", (HttpContext context, Principal who) =>
            host.ServeAsync(context, (stream, leaving) => table.ServeAsync(stream, who, leaving)));
        routes.MapGet("/feed/pulse", (HttpContext context, Principal who) =>
            host.ServeAsync(context, (stream, leaving) => pulse.ServeAsync(stream, who, leaving)));
        routes.MapGet("/feed/sessions/{id}", (HttpContext context, IBrokerFeed feed, string id) =>
            feed.Find(id) is null ? NotFound(context) : host.ServeAsync(context, (stream, leaving) => detail.ServeAsync(stream, feed, id, leaving)));
        routes.MapGet("/feed/sessions/{id}/screen", (HttpContext context, IBrokerFeed feed, Principal who, string id) =>
        {
            if (feed.Find(id) is not { } session) { return NotFound(context); }
            if (!who.Watches(session.Tenant)) { return Refuse(context, StatusCodes.Status403Forbidden); }
            return host.ServeAsync(context, (stream, leaving) => screen.ServeAsync(stream, id, who.Name, leaving));
        });
    }

    private static Task NotFound(HttpContext context) => Refuse(context, StatusCodes.Status404NotFound);

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
