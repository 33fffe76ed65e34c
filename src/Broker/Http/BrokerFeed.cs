using MoshBroker.Commands;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Http;

/// <summary>What the dashboard and the health endpoints are told: the hub's sessions, and facts of the node.</summary>
internal sealed class BrokerFeed(SessionHub hub, string node, int capacity, DateTimeOffset startedAt, PolicyFile policy, AlarmBook alarms, BrokerMetrics metrics) : IBrokerFeed
{
    /// <summary>Set once everything listens; requests may come before that.</summary>
    public IReadOnlyList<ListeningView> Listening { get; set; } = [];

    public NodeView Node => new(
        node,
        CommandLine.Version,
        startedAt,
        Listening,
        hub.Count,
        capacity,
        GC.GetTotalPauseDuration().TotalSeconds,
        hub.IsStopping ? "the broker is shutting down" : policy.NotReadyBecause,
        metrics.ReadDrops());

    public IReadOnlyList<SessionView> Sessions => hub.Sessions;

    public IReadOnlyList<DetectionView> Detections => [.. alarms.All.Select(DetectionViews.Of)];

    public SessionView? Find(string id) => hub.Find(id);

    public SessionHistoryView? History(string id) => hub.History(id);
}
