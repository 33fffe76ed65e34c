using System.Text.Json;
using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary><c>/feed/sessions/ID</c>: one session, once a second while it lives.</summary>
internal sealed class SessionDetailFeed(TimeProvider clock)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public async Task ServeAsync(EventStream stream, IBrokerFeed feed, string id, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(Interval, clock);
        do
        {
            if (feed.Find(id) is not { } session) { break; }
            await stream.SendAsync(null, JsonSerializer.SerializeToUtf8Bytes(session, FeedJson.Default.SessionView), cancellationToken);
            if (session.EndReason is not null) { break; }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));

        // Without a word the browser would come again for more.
        await stream.SendAsync("over", "{}"u8.ToArray(), cancellationToken);
    }
}
