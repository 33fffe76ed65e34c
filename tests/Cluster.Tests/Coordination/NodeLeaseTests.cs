using MoshBroker.Cluster.Coordination;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Cluster.Tests.Coordination;

public sealed class NodeLeaseTests
{
    private static readonly LeaseTerms Terms = new();
    private readonly NodeLease _lease = new(At(0), Terms);

    [Fact]
    public void A_lease_runs_from_when_its_renewal_was_sent_and_ends_before_the_stores()
    {
        Assert.False(_lease.MaySend(At(0)));
        Hold(sentAt: 0, answeredAt: 1000);
        Assert.True(_lease.MaySend(At(1000)));
        Assert.True(_lease.MaySend(At(5499)));
        Assert.False(_lease.MaySend(At(5500)));
        Assert.Equal(LeasePhase.CutOff, _lease.PhaseAt(At(5500)));
    }

    [Fact]
    public void It_is_renewed_every_two_seconds_and_a_failed_renewal_is_tried_again_sooner()
    {
        Hold(sentAt: 0, answeredAt: 10);
        Assert.Equal(At(2000), _lease.NextTimeout);
        Assert.False(_lease.TryTakeRenewal(At(1999), out _));
        Assert.True(_lease.TryTakeRenewal(At(2000), out MonoTime sentAt));
        Assert.False(_lease.TryTakeRenewal(At(3000), out _));
        _lease.OnTimeout(At(3500));
        Assert.Equal(LeasePhase.Doubtful, _lease.PhaseAt(At(3500)));
        Assert.False(_lease.TryTakeRenewal(At(4199), out _));
        Assert.True(_lease.TryTakeRenewal(At(4200), out sentAt));
        _lease.OnRenewalFailed(At(4210), sentAt);
        Assert.True(_lease.TryTakeRenewal(At(4910), out _));
    }

    [Fact]
    public void While_every_member_says_that_it_does_not_reach_the_store_the_permission_goes_on_for_the_grace_and_no_longer()
    {
        Hold(0, 10, "b", "c");
        _lease.OnStoreLost(At(2000));
        for (long now = 2000; now < 130_000; now += 700)
        {
            if (_lease.TryTakeQuestion(At(now), out MonoTime askedAt))
            {
                _lease.OnPeerAnswer(At(now + 5), askedAt, "b", reachesStore: false);
                _lease.OnPeerAnswer(At(now + 5), askedAt, "c", reachesStore: false);
            }
        }

        Assert.Equal(LeasePhase.StoreOutage, _lease.PhaseAt(At(119_999)));
        Assert.True(_lease.MaySend(At(119_999)));
        Assert.False(_lease.MaySend(At(120_000)));
    }

    [Fact]
    public void A_member_that_reaches_the_store_ends_it_before_the_lease_does_and_a_silent_one_gives_nothing()
    {
        Hold(0, 10, "b", "c");
        _lease.OnStoreLost(At(2000));
        _lease.OnPeerAnswer(At(2010), At(2000), "b", reachesStore: false);
        Assert.False(_lease.MaySend(At(5500)));

        NodeLease other = new(At(0), Terms);
        Hold(other, 0, 10, "b", "c");
        other.OnStoreLost(At(2000));
        other.OnPeerAnswer(At(2010), At(2000), "b", reachesStore: false);
        other.OnPeerAnswer(At(2010), At(2000), "c", reachesStore: false);
        Assert.True(other.MaySend(At(6000)));
        other.OnPeerAnswer(At(6000), At(5990), "c", reachesStore: true);
        Assert.False(other.MaySend(At(6000)));
        other.OnPeerAnswer(At(6010), At(6000), "c", reachesStore: false);
        other.OnPeerAnswer(At(6010), At(6000), "b", reachesStore: false);
        Assert.False(other.MaySend(At(6010)));
    }

    [Fact]
    public void In_a_cluster_of_one_the_outage_is_always_the_stores()
    {
        Hold(0, 10);
        _lease.OnStoreLost(At(2000));
        Assert.True(_lease.MaySend(At(119_999)));
        Assert.False(_lease.MaySend(At(120_000)));
    }

    [Fact]
    public void Once_the_store_is_back_the_lease_is_the_bound_again_whatever_the_grace_was()
    {
        Hold(0, 10);
        _lease.OnStoreLost(At(2000));
        Assert.True(_lease.TryTakeRenewal(At(10_000), out MonoTime sentAt));
        _lease.OnRenewed(At(10_010), sentAt, "store 1", []);
        Assert.True(_lease.MaySend(At(15_499)));
        Assert.False(_lease.MaySend(At(15_500)));
    }

    [Fact]
    public void What_had_ended_begins_anew_in_a_new_turn_once_the_store_confirmed_the_sessions()
    {
        Hold(0, 10);
        Tenure tenure = new(7, _lease.Turn);
        Assert.True(_lease.MaySend(At(100), tenure));

        // Stopped for half a minute; nothing was noticed.
        Assert.True(_lease.TryTakeRenewal(At(30_000), out MonoTime sentAt));
        _lease.OnRenewed(At(30_010), sentAt, "store 1", []);
        Assert.False(_lease.MaySend(At(30_010)));
        Assert.True(_lease.TryTakeReconcile(At(30_010), out long contact, out _));
        Assert.True(_lease.OnReconciled(At(30_020), contact));
        Assert.True(_lease.MaySend(At(30_020)));
        Assert.False(_lease.MaySend(At(30_020), tenure));
        Assert.True(_lease.MaySend(At(30_020), tenure with { Turn = _lease.Turn }));
    }

    [Fact]
    public void A_store_that_may_have_gone_back_in_time_is_not_believed_for_a_term_by_a_node_whose_permission_had_ended()
    {
        Hold(0, 10);
        _lease.OnStoreLost(At(1000));
        Assert.True(_lease.TryTakeRenewal(At(200_000), out MonoTime sentAt));
        _lease.OnRenewed(At(200_010), sentAt, "store 2", []);
        Assert.False(_lease.TryTakeReconcile(At(206_509), out _, out _));
        for (long at = 202_000; at <= 206_000; at += 2000)
        {
            Assert.True(_lease.TryTakeRenewal(At(at), out sentAt));
            _lease.OnRenewed(At(at), sentAt, "store 2", []);
        }

        Assert.True(_lease.TryTakeReconcile(At(206_510), out long contact, out bool drawsAnew));
        Assert.True(drawsAnew);
        Assert.True(_lease.OnReconciled(At(206_510), contact));
    }

    [Fact]
    public void An_answer_from_before_the_store_was_lost_prolongs_nothing()
    {
        Assert.True(_lease.TryTakeRenewal(At(0), out MonoTime sentAt));
        _lease.OnRenewed(At(10), sentAt, "store 1", ["b"]);
        Assert.True(_lease.TryTakeReconcile(At(10), out long before, out _));
        _lease.OnStoreLost(At(20));
        Assert.True(_lease.TryTakeRenewal(At(800), out sentAt));
        _lease.OnRenewed(At(810), sentAt, "store 1", ["b"]);
        Assert.False(_lease.OnReconciled(At(820), before));
        Assert.False(_lease.MaySend(At(820)));
    }

    [Fact]
    public void Nothing_is_claimed_before_the_store_was_reached_for_a_whole_term()
    {
        Hold(0, 10);
        Renew(2000);
        Renew(4000);
        Renew(6000);
        Assert.False(_lease.MayClaim(At(6509)));
        Assert.True(_lease.MayClaim(At(6510)));
        _lease.OnStoreLost(At(6600));
        Assert.False(_lease.ReachesStore);
        Assert.False(_lease.MayClaim(At(6600)));
    }

    [Fact]
    public void A_node_whose_name_another_holds_is_silent_for_good()
    {
        Hold(0, 10);
        _lease.OnSuperseded();
        Assert.False(_lease.MaySend(At(20)));
        Assert.False(_lease.TryTakeRenewal(At(2000), out _));
        Assert.Equal(LeasePhase.Superseded, _lease.PhaseAt(At(20)));
    }

    private static MonoTime At(long milliseconds) => new(milliseconds);

    private static void Hold(NodeLease lease, long sentAt, long answeredAt, params string[] members)
    {
        Assert.True(lease.TryTakeRenewal(At(sentAt), out MonoTime sent));
        lease.OnRenewed(At(answeredAt), sent, "store 1", members);
        Assert.True(lease.TryTakeReconcile(At(answeredAt), out long contact, out _));
        Assert.True(lease.OnReconciled(At(answeredAt), contact));
    }

    private void Hold(long sentAt, long answeredAt, params string[] members) => Hold(_lease, sentAt, answeredAt, members);

    private void Renew(long at)
    {
        Assert.True(_lease.TryTakeRenewal(At(at), out MonoTime sentAt));
        _lease.OnRenewed(At(at), sentAt, "store 1", []);
    }
}
