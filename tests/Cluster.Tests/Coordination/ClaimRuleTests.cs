using MoshBroker.Cluster.Coordination;
using Xunit;

namespace MoshBroker.Cluster.Tests.Coordination;

public sealed class ClaimRuleTests
{
    private static readonly LeaseTerms Terms = new();

    [Theory]
    [InlineData(5999, false)]
    [InlineData(6000, true)]
    public void A_member_may_claim_once_the_owners_lease_has_ended(long now, bool isAllowed) =>
        Assert.Equal(isAllowed, ClaimRule.Allows(Lease(0, 0), Lease(-50_000, 5000), isOwnerKnownDead: false, At(now), Terms));

    [Theory]
    [InlineData(125_999, false)]
    [InlineData(126_000, true)]
    public void Who_joined_after_the_owners_last_renewal_waits_for_the_owners_grace_too(long now, bool isAllowed) =>
        Assert.Equal(isAllowed, ClaimRule.Allows(Lease(-9000, 0), Lease(1, 125_000), isOwnerKnownDead: false, At(now), Terms));

    [Fact]
    public void A_claimer_whose_own_lease_has_ended_gets_nothing() =>
        Assert.False(ClaimRule.Allows(Lease(0, 0), Lease(-50_000, 1000), isOwnerKnownDead: true, At(7000), Terms));

    [Fact]
    public void A_process_that_took_its_predecessors_place_need_not_wait() =>
        Assert.True(ClaimRule.Allows(Lease(0, 0), Lease(1000, 1000), isOwnerKnownDead: true, At(1001), Terms));

    [Fact]
    public void An_owner_that_the_store_forgot_is_given_its_grace() =>
        Assert.False(ClaimRule.Allows(owner: null, Lease(0, 100_000), isOwnerKnownDead: false, At(100_001), Terms));

    private static DateTimeOffset At(long milliseconds) => DateTimeOffset.UnixEpoch.AddMilliseconds(milliseconds);

    private static MemberLease Lease(long since, long renewed) => new(At(since), At(renewed), At(renewed + Terms.Term));
}
