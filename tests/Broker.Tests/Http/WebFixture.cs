using MoshBroker.Audit;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Diagnosis;
using MoshBroker.Http;
using MoshBroker.Http.Access;
using MoshBroker.Native;
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
        RecordSources records = new(() => Policy, (_, _) => default, Trail, Audit, Numbers, new MonoClock(TimeProvider.System), _ => Task.FromResult<IReadOnlyList<Finding>>(Findings));
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

    public void Dispose()
    {
        Numbers.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
