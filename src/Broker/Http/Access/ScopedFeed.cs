using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Access;

/// <summary>What one principal may know: nothing of another tenant, not even how much there is of it.</summary>
internal sealed class ScopedFeed(IBrokerFeed whole, Principal principal) : IBrokerFeed
{
    private static readonly Dictionary<string, long> NoDrops = [];

    public NodeView Node
    {
        get
        {
            NodeView node = whole.Node;
            return principal.SeesAll ? node : node with { Sessions = Sessions.Count(session => session.EndReason is null), Capacity = null, CapacityLimit = "", GcPauseSeconds = 0, CpuSeconds = 0, MemoryBytes = 0, Handovers = [], Drops = NoDrops };
        }
    }

    public IReadOnlyList<SessionView> Sessions => principal.SeesAll ? whole.Sessions : [.. whole.Sessions.Where(session => principal.Sees(session.Tenant))];

    /// <summary>Of another tenant's troubles not even the numbers, and of the node's not the networks: they may be anybody's clients.</summary>
    public IReadOnlyList<DetectionView> Detections => principal.SeesAll ? whole.Detections : [.. whole.Detections.Where(detection => detection.Tenants.Any(principal.Sees)).Select(Own)];

    public SessionView? Find(string id) => whole.Find(id) is { } session && principal.Sees(session.Tenant) ? session : null;

    public SessionHistoryView? History(string id) => Find(id) is null ? null : whole.History(id);

    private DetectionView Own(DetectionView detection) => detection with
    {
        Evidence = new Dictionary<string, double>(StringComparer.Ordinal),
        Networks = [],
        Sessions = [.. detection.Sessions.Where(session => Find(session) is not null)],
        Tenants = [.. detection.Tenants.Where(principal.Sees)],
        Responses = [],
    };
}
