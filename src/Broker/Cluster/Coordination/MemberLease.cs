namespace MoshBroker.Cluster.Coordination;

/// <summary>A node's lease by the store's clock.</summary>
/// <param name="MemberSince">
/// When the present, unbroken row of leases began: a renewal that comes after the end of the lease before it sets this anew.
/// </param>
/// <param name="RenewedAt">When it last renewed.</param>
/// <param name="LeaseEnd">From when on it may be taken to be dead.</param>
internal sealed record MemberLease(DateTimeOffset MemberSince, DateTimeOffset RenewedAt, DateTimeOffset LeaseEnd);
