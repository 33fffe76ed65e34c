using System.Net;
using MoshBroker.Audit;
using MoshBroker.Broker.Tests;
using MoshBroker.Broker.Tests.Http;
using MoshBroker.Broker.Tests.Tenants;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Http;

namespace MoshBroker.Dashboard.Tests;

/// <summary>The broker's web side in this process, with as many sessions as a test wants; no terminals.</summary>
internal sealed class ManySessions : IAsyncDisposable
{
    private static readonly string[] Tenants = ["platform", "payments", "a-tenant-with-a-rather-long-name"];
    private static readonly string[] Targets = ["db-1", "web-17", "bastion"];

    private readonly WebFixture _web;
    private readonly HttpServer _server;

    private ManySessions(StandInFeed feed, WebFixture web, HttpServer server) => (Feed, _web, _server) = (feed, web, server);

    public StandInFeed Feed { get; }

    public string Address => $"http://{_server.Dashboard}";

    public string Token => _web.TokenOf(DashboardRole.Admin, watches: true);

    public static async Task<ManySessions> StartAsync(int sessions)
    {
        StandInFeed feed = new() { Sessions = Make(sessions, 0), Detections = sessions == 0 ? [] : [SampleViews.Detection("source_churn", 2), SampleViews.Detection("auth_failure_burst", 1, isOver: true)] };
        WebFixture web = new(feed) { Policy = Policies.Read(Policies.Example) };
        web.Record("acme", "20260701T120000Z-0a1b2c3d");
        for (int i = 0; i < sessions; i++)
        {
            web.Trail.Add(new AuditEvent(i % 5 == 4 ? AuditEventName.Deny : AuditEventName.SessionStart)
            {
                Tenant = Tenants[i % 3],
                User = $"user{i}",
                Session = $"{i:x8}",
                ClientAddress = "198.51.100.7:40112",
                Target = Targets[i % 3],
                Reason = i % 5 == 4 ? "unknown_key" : null,
                More = AuditEvent.Attribute("process.command", "<b>vim</b> /etc/hosts"),
            });
        }

        ServeOptions options = new()
        {
            DataDirectory = "/d",
            SocketPath = "/s",
            Ports = [],
            Store = new StoreAddress.Sqlite("/d/x"),
            Node = "node-1",
            Http = IPEndPoint.Parse("127.0.0.1:0"),
        };
        return new ManySessions(feed, web, await HttpServer.StartAsync(options, web.Parts, logging: null, TimeProvider.System, default));
    }

    /// <summary>The same sessions, each a little otherwise.</summary>
    public void Change(int round) => Feed.Sessions = Make(Feed.Sessions.Count, round);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _web.Dispose();
    }

    private static IReadOnlyList<SessionView> Make(int count, int round) => [.. Enumerable.Range(0, count).Select(i =>
        SampleViews.Session($"{i:x8}", (SessionState)(i % 6), i % 7 == 0 ? "<b>vim</b> /etc/a-path-that-is-quite-long/and-goes-on/and-on.conf" : "bash", $"user{i % 300}") with
        {
            Tenant = Tenants[i % 3],
            Target = Targets[i % 3],
            Verdict = i % 4 == 0 ? SampleViews.Session().Verdict : new VerdictView("fine", DateTimeOffset.UnixEpoch, "All is well."),
            Timeline = [new TimelineEventView(DateTimeOffset.UnixEpoch, "attached", "A client came from 198.51.100.7."), new TimelineEventView(DateTimeOffset.UnixEpoch.AddMinutes(3), "roamed", "The client moved to 203.0.113.9.")],
            Channels = [SampleViews.Channel($"198.51.{i % 250}.7:4{i % 1000:000}") with { SrttMs = 20 + ((i + round) % 200), UplinkLoss = (i % 10) / 100.0 }],
        })];
}
