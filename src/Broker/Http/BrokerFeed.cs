using System.Text.Json;
using MoshBroker.Cluster;
using MoshBroker.Commands;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Http;

/// <summary>What the dashboard and the health endpoints are told: the hub's sessions, and facts of the node.</summary>
internal sealed class BrokerFeed(SessionHub hub, string node, Capacity capacity, DateTimeOffset startedAt, PolicyFile policy, AlarmBook alarms, BrokerMetrics metrics) : IBrokerFeed
{
    /// <summary>Set once everything listens; requests may come before that.</summary>
    public IReadOnlyList<ListeningView> Listening { get; set; } = [];

    public NodeView Node => new(
        node,
        CommandLine.Version,
        startedAt,
        Listening,
        hub.Count,
        capacity.Sessions,
        GC.GetTotalPauseDuration().TotalSeconds,
        NotReadyBecause,
        metrics.ReadDrops())
    {
        IsDraining = hub.IsDraining,
        CapacityLimit = capacity.Limit,
        CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        Processors = Environment.ProcessorCount,
        MemoryBytes = Environment.WorkingSet,
        Handovers = [.. metrics.Handovers.Readings.Select(reading => new HandoverView(
            JsonNamingPolicy.SnakeCaseLower.ConvertName(reading.Cause.ToString()), reading.LastAt, reading.WentOn, reading.Failed, reading.Longest.TotalSeconds))],
    };

    public IReadOnlyList<SessionView> Sessions => hub.Sessions;

    public IReadOnlyList<DetectionView> Detections => [.. alarms.All.Select(DetectionViews.Of)];

    public SessionView? Find(string id) => hub.Find(id);

    public SessionHistoryView? History(string id) => hub.History(id);

    /// <summary>The store's; null for none.</summary>
    public StoreHealth? Store { get; init; }

    private string? NotReadyBecause => !hub.IsStopping ? (hub.IsDraining ? "the broker is drained" : policy.NotReadyBecause ?? Store?.NotReadyBecause)
        : hub.LeavesSessions ? "another process goes on with its sessions" : "the broker is shutting down";
}
