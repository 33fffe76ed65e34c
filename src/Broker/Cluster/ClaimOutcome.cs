namespace MoshBroker.Cluster;

/// <summary>Whether a node may take over from another.</summary>
internal enum ClaimOutcome
{
    /// <summary>Committed.</summary>
    Done,

    /// <summary>The owner holds its lease, by the store's clock, or is a later incarnation than was named.</summary>
    OwnerAlive,

    /// <summary>The claimant's own lease has ended, or it was fenced off.</summary>
    ClaimantLost,

    /// <summary>The store was away until just now: everybody gets one term to renew.</summary>
    TooEarly,
}
