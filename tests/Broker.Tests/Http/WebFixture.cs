using MoshBroker.Audit;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Diagnosis;
using MoshBroker.Http;
using MoshBroker.Http.Access;
using MoshBroker.Native;
using MoshBroker.Recording;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Broker.Tests.Http;

/// <summary>What the web side needs beside a feed: tokens in a folder of their own, a trail and actions that are remembered.</summary>
internal sealed class WebFixture : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("web").FullName;

    public WebFixture(StandInFeed feed)
    {
        Tokens = AccessTokens.Load(Folder, TimeProvider.System);
        RecordSources records = new(() => Policy, (_, _) => default, Trail, Audit, Numbers, new MonoClock(TimeProvider.System), new RecordingShelf(Path.Combine(Folder, "recordings")), _ => Task.FromResult<IReadOnlyList<Finding>>(Findings));
        Parts = new WebParts(feed, Actions, Tokens, Audit, records, new ScrapeClock(TimeProvider.System), Numbers, Metrics: null);
    }

    public BrokerMetrics Numbers { get; } = new();

    public Policy Policy { get; set; } = Policy.None;

    public StandInTrail Trail { get; } = new();

    public List<Finding> Findings { get; } = [new("clock", Severity.Ok, "is kept by NTP"), new("UDP ports", Severity.Warning, "no firewall", "strangers cost", "moshbroker firewall | nft -f -")];

    public AccessTokens Tokens { get; }

    public MemoryAuditTrail Audit { get; } = new();

    public StandInActions Actions { get; } = new();

    public WebParts Parts { get; }

    public string TokenOf(DashboardRole role, string? tenant = null, bool watches = false) =>
        Tokens.Create(new AccessTokenRequest($"{role} of {tenant ?? "all"}", role, tenant, watches, IsBreakGlass: false, Lifetime: null, Once: false)).Secret;

    /// <summary>Puts a recording on the shelf: a few frames, a marker, a resize, and bytes that no browser's terminal should see.</summary>
    public void Record(string tenant, string name)
    {
        string folder = Directory.CreateDirectory(Path.Combine(Folder, "recordings", tenant)).FullName;
        File.WriteAllLines(Path.Combine(folder, $"{name}.cast"), [
            $$"""{"version":2,"width":40,"height":5,"timestamp":1782907200,"title":"command-of-{{tenant}}"}""",
            """[0.10,"o","\u001b]52;c;c2VjcmV0\u0007$ "]""",
            """[0.50,"o","echo hello\r\n"]""",
            """[0.60,"o","hello\r\n$ "]""",
            """[1.00,"m","client roamed to 203.0.113.9:4000"]""",
            """[1.20,"r","50x6"]""",
            """[1.50,"o","\u001b[c\u001b[6n\u001b[31mdone\u001b[0m\r\n"]""",
        ]);
    }

    public void Dispose()
    {
        Numbers.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
