using MoshBroker.Cluster.Coordination;

namespace MoshBroker.Cluster;

/// <summary>One incarnation of a node as the store knows it.</summary>
/// <param name="Sessions">Live ones, as it said at its last renewal.</param>
/// <param name="Lease">By the store's clock.</param>
/// <param name="IsDraining">It takes no new session.</param>
/// <param name="IsSuperseded">A later incarnation has the name; this one is known only for the sessions that it still owns.</param>
internal sealed record NodeRow(
    NodeIncarnation Incarnation,
    string Instance,
    string RelayAddress,
    string ClientAddress,
    byte[] PublicKey,
    NodeVersions Versions,
    int Capacity,
    int Sessions,
    MemberLease Lease,
    bool IsDraining,
    bool IsSuperseded)
{
    /// <summary>At a moment of the store's clock.</summary>
    public bool HoldsLease(DateTimeOffset storeTime) => !IsSuperseded && Lease.LeaseEnd > storeTime;
}
