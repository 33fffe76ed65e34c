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
    IReadOnlyDictionary<string, long> Drops)
{
    /// <summary>It is on its way out: shutting down, or handing its sessions over.</summary>
    public bool IsDraining { get; init; }

    /// <summary>What sets the bound, in words; empty for whoever sees his tenant only.</summary>
    public string CapacityLimit { get; init; } = "";

    /// <summary>Processor time of the process since its start.</summary>
    public double CpuSeconds { get; init; }

    public int Processors { get; init; } = 1;

    public long MemoryBytes { get; init; }

    /// <summary>Sessions of processes before that this one was to go on with, by cause.</summary>
    public IReadOnlyList<HandoverView> Handovers { get; init; } = [];
}
