namespace MoshBroker.Cluster.Coordination;

/// <summary>What the store looks at, by its own clock and in the transaction of the claim itself, before a session changes hands without its owner.</summary>
internal static class ClaimRule
{
    /// <summary>True when <paramref name="claimer"/> may have what <paramref name="owner"/> holds.</summary>
    /// <param name="owner">Null when the store has never heard of that process, or forgot it.</param>
    /// <param name="claimer">As the store knows it.</param>
    /// <param name="isOwnerKnownDead">
    /// The claimer is the process that took the owner's place on its machine, under its lock: nothing is left to wait for.
    /// </param>
    /// <param name="now">The store's clock.</param>
    /// <param name="terms">The cluster's.</param>
    /// <remarks>
    /// An owner that lost the store goes on only while every member that the store named to it claims nothing. A claimer that joined, or lost its own lease and came
    /// back, after the owner's last renewal is none of these: it waits until the owner's grace is over, whatever the owner learned.
    /// </remarks>
    public static bool Allows(MemberLease? owner, MemberLease claimer, bool isOwnerKnownDead, DateTimeOffset now, LeaseTerms terms)
    {
        if (now >= claimer.LeaseEnd)
            return false;
        if (isOwnerKnownDead)
            return true;
        DateTimeOffset ownerEnd = owner?.LeaseEnd ?? claimer.MemberSince;
        if (now < ownerEnd)
            return false;
        bool isMemberToOwner = owner is not null && claimer.MemberSince <= owner.RenewedAt;
        return isMemberToOwner || now >= ownerEnd.AddMilliseconds(terms.StoreGrace);
    }
}
