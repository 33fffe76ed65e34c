namespace MoshBroker.Dashboard.Feed;

/// <summary>A node at one moment.</summary>
/// <param name="Listening">What listens where, in the order to show it.</param>
/// <param name="Sessions">Live ones.</param>
/// <param name="Capacity">How many sessions this node accepts; null for whoever sees his tenant only.</param>
/// <param name="GcPauseSeconds">Total time that the collector has paused the process; every pause is everybody's echo.</param>
/// <param name="NotReadyBecause">Null when new sessions are accepted.</param>
/// <param name="Drops">Datagrams dropped since the start, by reason; only reasons that occurred.</param>
internal sealed record NodeView(
    string Node,
    string Version,
    DateTimeOffset StartedAt,
    IReadOnlyList<ListeningView> Listening,
    int Sessions,
    int? Capacity,
    double GcPauseSeconds,
    string? NotReadyBecause,
    IReadOnlyDictionary<string, long> Drops);
