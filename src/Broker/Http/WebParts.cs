using MoshBroker.Audit;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;
using MoshBroker.Http.Access;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;

namespace MoshBroker.Http;

/// <summary>What the web side shows and does.</summary>
/// <param name="Records">Policy, trail and machine.</param>
/// <param name="Numbers">What the charts draw.</param>
/// <param name="Metrics">Null: no <c>/metrics</c>.</param>
internal sealed record WebParts(
    IBrokerFeed Feed, ISessionActions Actions, AccessTokens Tokens, IAuditTrail Audit, RecordSources Records, ScrapeClock Scrapes, BrokerMetrics Numbers, MetricsEndpoint? Metrics)
{
    /// <summary>Told when a break-glass token is used; null for nobody.</summary>
    public Lookout? Lookout { get; init; }
}
