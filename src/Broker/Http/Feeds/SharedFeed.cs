using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Feeds;

/// <summary>The broker as live feeds see it: its sessions are looked at once a second however many look, and not at all while nobody does.</summary>
internal sealed class SharedFeed(IBrokerFeed whole, TimeProvider time) : IBrokerFeed
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMilliseconds(900);

    private readonly Lock _lock = new();
    private IReadOnlyList<SessionView> _sessions = [];
    private long _at = long.MinValue;

    public NodeView Node => whole.Node;

    /// <summary>The same list for a second.</summary>
    public IReadOnlyList<SessionView> Sessions
    {
        get
        {
            lock (_lock)
            {
                if (_at == long.MinValue || time.GetElapsedTime(_at) >= Freshness) { (_at, _sessions) = (time.GetTimestamp(), whole.Sessions); }
                return _sessions;
            }
        }
    }

    public IReadOnlyList<DetectionView> Detections => whole.Detections;

    public SessionView? Find(string id) => whole.Find(id);

    public SessionHistoryView? History(string id) => whole.History(id);
}
