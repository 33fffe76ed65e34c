namespace MoshBroker.Cluster.Coordination;

/// <summary>How a node stands to the store, for people and metrics; permissions are asked for one by one.</summary>
internal enum LeasePhase
{
    /// <summary>Has not had a lease yet.</summary>
    Starting,

    /// <summary>Reaches the store and holds its lease.</summary>
    Held,

    /// <summary>Lost the store a moment ago; the lease still runs.</summary>
    Doubtful,

    /// <summary>The outage is the store's: no member of the cluster reaches it, and all go on for a while.</summary>
    StoreOutage,

    /// <summary>Silent: others may have claimed what was this node's.</summary>
    CutOff,

    /// <summary>Another process holds this node's name. For good.</summary>
    Superseded,
}
