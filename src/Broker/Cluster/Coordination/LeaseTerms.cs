namespace MoshBroker.Cluster.Coordination;

/// <summary>The times that all nodes of a cluster agree on, in ms.</summary>
internal sealed record LeaseTerms
{
    /// <summary>How long the store takes a node to be alive after it renewed.</summary>
    public long Term { get; init; } = 6000;

    /// <summary>How often a node renews.</summary>
    public long Renewal { get; init; } = 2000;

    /// <summary>
    /// So much earlier a node stops by its own clock, and so much longer it waits before it claims: two clocks run at different rates, and what was checked is
    /// sent a moment later.
    /// </summary>
    public long Guard { get; init; } = 500;

    /// <summary>A renewal that was not answered for so long has failed.</summary>
    public long AnswerTime { get; init; } = 1500;

    /// <summary>How long after a failure the store, and the peers, are asked again.</summary>
    public long Retry { get; init; } = 700;

    /// <summary>How long a node goes on without a store that nobody reaches, from its last renewal.</summary>
    public long StoreGrace { get; init; } = 120_000;

    /// <summary>By so much each next node stands back before it claims what another should have claimed.</summary>
    public long StandBack { get; init; } = 2000;

    /// <summary>How long a former owner goes on forwarding after the last datagram: four heartbeats of a client.</summary>
    public long Forwarding { get; init; } = 12_000;
}
