namespace MoshBroker.Cluster;

/// <summary>What became of a wish to hold a node's lease.</summary>
internal enum LeaseOutcome
{
    /// <summary>It is held until <see cref="LeaseGrant.LeaseEnd"/>.</summary>
    Granted,

    /// <summary>It is held again, though it had ended: nobody claimed anything meanwhile (the store was away, or this node was).</summary>
    GrantedLate,

    /// <summary>Another instance holds the name: only when registering.</summary>
    NameTaken,

    /// <summary>A later incarnation, or one that claimed sessions of this one, has fenced it off: all its sessions may be somebody else's.</summary>
    Lost,
}
