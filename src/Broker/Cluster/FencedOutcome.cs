namespace MoshBroker.Cluster;

/// <summary>What became of a write that named the epoch its owner holds.</summary>
internal enum FencedOutcome
{
    /// <summary>Committed.</summary>
    Done,

    /// <summary>Somebody drew a later epoch: the caller owns the session no more and must stop sending.</summary>
    Stale,

    /// <summary>There is no such session or channel, or it has ended.</summary>
    Gone,
}
