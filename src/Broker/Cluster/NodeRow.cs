namespace MoshBroker.Cluster;

/// <summary>A node as the store knows it.</summary>
/// <param name="Sessions">Live ones, as it said at its last renewal.</param>
/// <param name="LeaseEnd">By the store's clock.</param>
/// <param name="IsDraining">It takes no new session.</param>
/// <param name="IsFenced">Somebody claimed sessions of this incarnation: it cannot renew, only register again.</param>
internal sealed record NodeRow(
    string Name,
    long Incarnation,
    string RelayAddress,
    string ClientAddress,
    byte[] PublicKey,
    NodeVersions Versions,
    int Capacity,
    int Sessions,
    DateTimeOffset LeaseEnd,
    bool IsDraining,
    bool IsFenced)
{
    /// <summary>At a moment of the store's clock.</summary>
    public bool HoldsLease(DateTimeOffset storeTime) => !IsFenced && LeaseEnd > storeTime;
}
