namespace MoshBroker.Cluster;

/// <summary>What became of a wish to hold a node's lease.</summary>
internal enum LeaseOutcome
{
    /// <summary>It is held until the end that the answer names.</summary>
    Granted,

    /// <summary>It is held again, though it had ended: meanwhile sessions may have been claimed, so each is to be asserted before it goes on.</summary>
    GrantedLate,

    /// <summary>Another instance holds the name: only when registering.</summary>
    NameTaken,

    /// <summary>A later incarnation has the name, or the store does not know this one: only when renewing.</summary>
    Superseded,
}
