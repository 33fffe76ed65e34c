namespace MoshBroker.Cluster;

/// <summary>Whether a node may take over from another.</summary>
internal enum ClaimOutcome
{
    /// <summary>Committed.</summary>
    Done,

    /// <summary>Not yet, by <see cref="Coordination.ClaimRule"/>: the owner holds its lease, or may still be in its grace.</summary>
    OwnerMayLive,

    /// <summary>The claimant's own lease has ended, or it was superseded.</summary>
    ClaimantLost,
}
