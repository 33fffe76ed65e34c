namespace MoshBroker.Cluster;

/// <summary>What waits for what: an operation waits for those of its lane only.</summary>
internal enum StoreLane
{
    /// <summary>Leases. A renewal that waited behind a thousand others would be a lost node.</summary>
    Lease,

    /// <summary>Sessions: somebody waits for them.</summary>
    Session,

    /// <summary>Screens, audit events: batches that nobody waits for.</summary>
    Bulk,
}
