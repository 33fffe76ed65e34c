namespace MoshBroker.Dashboard.Feed;

/// <summary>What the dashboard, the health endpoints and <c>moshbroker sessions</c> may know. Snapshots only; every member is cheap and callable from any thread.</summary>
internal interface IBrokerFeed
{
    /// <summary>The node, now.</summary>
    NodeView Node { get; }

    /// <summary>Live sessions, oldest first, and those that ended in the last minutes if the broker still has them.</summary>
    IReadOnlyList<SessionView> Sessions { get; }

    /// <summary>The last detections, newest first.</summary>
    IReadOnlyList<DetectionView> Detections { get; }

    /// <summary>One session; null when it is unknown.</summary>
    SessionView? Find(string id);

    /// <summary>How the path to its client was; null when the session is unknown.</summary>
    SessionHistoryView? History(string id);
}
