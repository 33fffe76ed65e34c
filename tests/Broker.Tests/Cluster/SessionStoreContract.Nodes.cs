using MoshBroker.Cluster;
using MoshBroker.Cluster.Coordination;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

/// <content>Nodes, leases, claims.</content>
public abstract partial class SessionStoreContract
{
    private static readonly LeaseTerms Terms = new();

    private static TimeSpan Term => TimeSpan.FromMilliseconds(Terms.Term);

    private protected static NewNode Node(string name, string? instance = null) =>
        new(name, instance ?? $"instance of {name}", $"{name}:7000", $"{name}.example", [1, 2, 3], new NodeVersions("1.2", 1, 1), 100);

    private protected async Task<NodeIncarnation> JoinAsync(string name, string? instance = null)
    {
        LeaseGrant grant = await Store.RegisterAsync(Node(name, instance), default);
        Assert.Equal(LeaseOutcome.Granted, grant.Outcome);
        return grant.Incarnation;
    }

    private protected Task<SessionGrant> CreateAsync(NodeIncarnation owner) =>
        Store.CreateSessionAsync(Session(owner.Name) with { Incarnation = owner.Number, CanMove = true, Tenant = "acme", User = "ann", Target = "web-1" }, default);

    private async Task<LeaseOutcome> RenewAsync(NodeIncarnation node) => (await Store.RenewAsync(node, new NodeReport(1, 100, IsDraining: false), default)).Outcome;

    [Fact]
    public async Task A_node_that_joins_is_seen_by_the_others_with_all_that_they_need_to_know()
    {
        NodeIncarnation a = await JoinAsync("a");
        LeaseGrant grant = await Store.RegisterAsync(Node("b"), default);

        Assert.Equal(["a"], grant.Members);
        NodeRow row = grant.Nodes[0];
        Assert.Equal((a, "a:7000", "a.example", new NodeVersions("1.2", 1, 1), 100), (row.Incarnation, row.RelayAddress, row.ClientAddress, row.Versions, row.Capacity));
        Assert.Equal([1, 2, 3], row.PublicKey);
        Assert.Equal(new MemberLease(Noon, Noon, Noon + Term), row.Lease);
        Assert.Equal(EpochOfNoon, a.Number);
    }

    [Fact]
    public async Task A_renewal_moves_the_lease_and_what_the_node_says_of_itself_and_a_late_one_begins_a_new_membership()
    {
        NodeIncarnation a = await JoinAsync("a");
        Clock.Now += TimeSpan.FromSeconds(2);
        LeaseGrant first = await Store.RenewAsync(a, new NodeReport(17, 50, IsDraining: true), default);
        NodeRow row = Assert.Single(first.Nodes);
        Assert.Equal((LeaseOutcome.Granted, 17, 50, true), (first.Outcome, row.Sessions, row.Capacity, row.IsDraining));
        Assert.Equal(new MemberLease(Noon, Clock.Now, Clock.Now + Term), row.Lease);

        Clock.Now += Term;
        LeaseGrant late = await Store.RenewAsync(a, new NodeReport(17, 50, IsDraining: false), default);
        Assert.Equal(LeaseOutcome.GrantedLate, late.Outcome);
        Assert.Equal(new MemberLease(Clock.Now, Clock.Now, Clock.Now + Term), late.Nodes[0].Lease);
    }

    [Fact]
    public async Task A_name_is_one_instances_while_its_lease_lasts_and_the_same_instance_comes_back_at_once()
    {
        NodeIncarnation first = await JoinAsync("a", "disk 1");
        LeaseGrant other = await Store.RegisterAsync(Node("a", "disk 2"), default);
        Assert.Equal((LeaseOutcome.NameTaken, first), (other.Outcome, other.Incarnation));

        NodeIncarnation second = await JoinAsync("a", "disk 1");
        Assert.Equal(first.Number + 1, second.Number);
        Assert.Equal(LeaseOutcome.Superseded, await RenewAsync(first));

        Clock.Now += Term;
        NodeIncarnation third = await JoinAsync("a", "disk 2");
        Assert.True(third.Number > second.Number);
        Assert.Equal(LeaseOutcome.Superseded, await RenewAsync(second));
    }

    [Fact]
    public async Task Of_many_that_join_under_one_name_one_gets_it()
    {
        LeaseGrant[] grants = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Store.RegisterAsync(Node("a", $"disk {i}"), default)));

        Assert.Single(grants, grant => grant.Outcome == LeaseOutcome.Granted);
        Assert.Equal(9, grants.Count(grant => grant.Outcome == LeaseOutcome.NameTaken));
    }

    [Fact]
    public async Task Sessions_are_claimed_once_their_owners_lease_has_ended_and_the_owner_is_fenced_off()
    {
        NodeIncarnation a = await JoinAsync("a");
        NodeIncarnation b = await JoinAsync("b");
        SessionGrant one = await CreateAsync(a);
        SessionGrant two = await CreateAsync(a);
        await Store.AddChannelAsync(one.SessionId, one.Epoch, Channel(60002), default);
        Clock.Now += Term - TimeSpan.FromMilliseconds(1);
        await RenewAsync(b);
        Assert.Equal(ClaimOutcome.OwnerMayLive, (await Store.ClaimAsync(b, a, [one.SessionId], default)).Outcome);

        Clock.Now += TimeSpan.FromMilliseconds(1);
        SessionClaim claim = await Store.ClaimAsync(b, a, [one.SessionId, "00000000"], default);
        Assert.Equal(ClaimOutcome.Done, claim.Outcome);
        SessionRow row = Assert.Single(claim.Sessions);
        Assert.Equal((one.SessionId, "b", b.Number, true, "acme", "ann", "web-1"), (row.Id, row.Node, row.Incarnation, row.CanMove, row.Tenant, row.User, row.Target));
        Assert.True(row.Epoch > one.Epoch);
        Assert.Equal([row.Epoch, row.Epoch], row.Channels.Select(channel => channel.Epoch));
        Assert.Equal([one.Epoch, one.Epoch], row.Channels.Select(channel => channel.SealedEpoch));

        Assert.Equal(FencedOutcome.Stale, await Store.EndSessionAsync(one.SessionId, one.Epoch, SessionEndReason.UserExit, default));
        Assert.Equal([two.SessionId], (await Store.ListOwnedAsync(a, default)).Select(session => session.Id));
        Assert.Equal([one.SessionId], (await Store.ListOwnedAsync(b, default)).Select(session => session.Id));
    }

    [Fact]
    public async Task Whoever_joined_after_the_owners_last_renewal_waits_for_the_end_of_its_grace()
    {
        NodeIncarnation a = await JoinAsync("a");
        SessionGrant grant = await CreateAsync(a);
        Clock.Now += Term;
        NodeIncarnation b = await JoinAsync("b");
        Assert.Equal(ClaimOutcome.OwnerMayLive, (await Store.ClaimAsync(b, a, [grant.SessionId], default)).Outcome);

        Clock.Now += TimeSpan.FromMilliseconds(Terms.StoreGrace);
        await RenewAsync(b);
        Assert.Single((await Store.ClaimAsync(b, a, [grant.SessionId], default)).Sessions);
    }

    [Fact]
    public async Task A_claimant_without_a_lease_gets_nothing()
    {
        NodeIncarnation a = await JoinAsync("a");
        NodeIncarnation b = await JoinAsync("b");
        SessionGrant grant = await CreateAsync(a);
        Clock.Now += Term;

        Assert.Equal(ClaimOutcome.ClaimantLost, (await Store.ClaimAsync(b, a, [grant.SessionId], default)).Outcome);
        Assert.Equal(grant.Epoch, (await Store.FindAsync(grant.SessionId, default))!.Epoch);
    }

    [Fact]
    public async Task Of_two_nodes_that_claim_at_once_each_session_is_one_nodes()
    {
        NodeIncarnation a = await JoinAsync("a");
        NodeIncarnation b = await JoinAsync("b");
        NodeIncarnation c = await JoinAsync("c");
        SessionGrant[] grants = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => CreateAsync(a)));
        Clock.Now += Term - TimeSpan.FromMilliseconds(1);
        await RenewAsync(b);
        await RenewAsync(c);
        Clock.Now += TimeSpan.FromMilliseconds(1);
        string[] all = [.. grants.Select(grant => grant.SessionId)];
        SessionClaim[] claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Store.ClaimAsync(i % 2 == 0 ? b : c, a, all, default)));

        Assert.Equal(all.Order(StringComparer.Ordinal), claims.SelectMany(claim => claim.Sessions).Select(session => session.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_node_that_left_in_order_can_be_claimed_from_at_once()
    {
        NodeIncarnation a = await JoinAsync("a");
        NodeIncarnation b = await JoinAsync("b");
        Clock.Now += TimeSpan.FromSeconds(1);
        await RenewAsync(a);
        SessionGrant grant = await CreateAsync(a);
        await Store.ReleaseAsync(a, default);

        Assert.Single((await Store.ClaimAsync(b, a, [grant.SessionId], default)).Sessions);
    }

    [Fact]
    public async Task A_process_that_comes_back_takes_its_instances_leftovers_at_once_and_another_instances_only_by_the_rule()
    {
        NodeIncarnation first = await JoinAsync("a", "disk 1");
        SessionGrant grant = await CreateAsync(first);
        NodeIncarnation second = await JoinAsync("a", "disk 1");
        SessionRow mine = Assert.Single(await Store.ClaimLeftoversAsync(second, default));
        Assert.Equal((second.Number, grant.Epoch + 1), (mine.Incarnation, mine.Epoch));

        Clock.Now += Term;
        NodeIncarnation stranger = await JoinAsync("a", "disk 2");
        Assert.Empty(await Store.ClaimLeftoversAsync(stranger, default));
        Assert.Equal(ClaimOutcome.OwnerMayLive, (await Store.ClaimAsync(stranger, second, [mine.Id], default)).Outcome);
    }

    [Fact]
    public async Task Only_a_node_with_a_lease_creates_sessions_under_its_incarnation()
    {
        NodeIncarnation a = await JoinAsync("a");
        Clock.Now += Term;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => CreateAsync(a));
        await RenewAsync(a);
        Assert.NotNull(await CreateAsync(a));
    }

    [Fact]
    public async Task A_session_is_given_to_a_live_node_that_is_not_draining_and_its_giver_is_fenced_off()
    {
        NodeIncarnation a = await JoinAsync("a");
        NodeIncarnation b = await JoinAsync("b");
        SessionGrant grant = await CreateAsync(a);
        await Store.RenewAsync(b, new NodeReport(0, 10, IsDraining: true), default);
        Assert.Equal(FencedOutcome.Gone, (await Store.TransferAsync(grant.SessionId, grant.Epoch, b, default)).Outcome);

        await Store.RenewAsync(b, new NodeReport(0, 10, IsDraining: false), default);
        EpochDraw draw = await Store.TransferAsync(grant.SessionId, grant.Epoch, b, default);
        Assert.Equal(new EpochDraw(FencedOutcome.Done, grant.Epoch + 1), draw);
        SessionRow row = Assert.Single(await Store.ListOwnedAsync(b, default));
        Assert.Equal((draw.Epoch, draw.Epoch), (row.Epoch, row.Channels[0].Epoch));
        Assert.Equal(FencedOutcome.Stale, (await Store.TransferAsync(grant.SessionId, grant.Epoch, b, default)).Outcome);
    }

    [Fact]
    public async Task What_is_asserted_stands_again_and_what_somebody_else_has_does_not_change()
    {
        NodeIncarnation a = await JoinAsync("a");
        NodeIncarnation b = await JoinAsync("b");
        SessionRow held = (await Store.FindAsync((await CreateAsync(a)).SessionId, default))!;
        SessionRow given = (await Store.FindAsync((await CreateAsync(a)).SessionId, default))!;
        SessionRow ended = (await Store.FindAsync((await CreateAsync(a)).SessionId, default))!;
        await Store.TransferAsync(given.Id, given.Epoch, b, default);
        await Store.EndSessionAsync(ended.Id, ended.Epoch, SessionEndReason.UserExit, default);

        // The store never heard of the fourth, and knows an older epoch of the first than is held.
        SessionRow ahead = held with { Epoch = held.Epoch + 7, Channels = [held.Channels[0] with { Epoch = held.Epoch + 7 }] };
        SessionRow forgotten = held with { Id = "abcdef01" };
        Assert.Equal(
            [FencedOutcome.Done, FencedOutcome.Stale, FencedOutcome.Gone, FencedOutcome.Done],
            await Store.AssertAsync(a, [ahead, given, ended, forgotten], default));
        Assert.Equal((ahead.Epoch, ahead.Epoch), ((await Store.FindAsync(held.Id, default))!.Epoch, (await Store.FindAsync(held.Id, default))!.Channels[0].Epoch));
        SessionRow again = (await Store.FindAsync("abcdef01", default))!;
        Assert.Equal(("a", a.Number, held.Epoch, "acme"), (again.Node, again.Incarnation, again.Epoch, again.Tenant));
        Assert.Equal(held.Channels[0].SealedKey, Assert.Single(again.Channels).SealedKey);
        Assert.Equal("b", (await Store.FindAsync(given.Id, default))!.Node);
    }

    [Fact]
    public async Task A_node_that_is_gone_is_forgotten_when_no_session_is_its()
    {
        NodeIncarnation a = await JoinAsync("a");
        SessionGrant grant = await CreateAsync(a);
        Clock.Now += TimeSpan.FromHours(2);
        NodeIncarnation b = await JoinAsync("b");
        await Store.PruneAsync(default);
        Assert.Equal(["a", "b"], (await Store.RenewAsync(b, default, default)).Nodes.Select(node => node.Incarnation.Name));

        Assert.Single((await Store.ClaimAsync(b, a, [grant.SessionId], default)).Sessions);
        await Store.PruneAsync(default);
        Assert.Equal(["b"], (await Store.RenewAsync(b, default, default)).Nodes.Select(node => node.Incarnation.Name));
    }

    [Fact]
    public async Task Whoever_watches_is_told_of_owners_ends_and_nodes_but_not_of_renewals()
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        await using IAsyncEnumerator<StoreChange> changes = Store.WatchAsync(limit.Token).GetAsyncEnumerator(limit.Token);
        Assert.True(await changes.MoveNextAsync());
        Assert.IsType<StoreChange.Resync>(changes.Current);
        await UntilListeningAsync(changes);
        NodeIncarnation a = await JoinAsync("a");
        await RenewAsync(a);
        SessionGrant grant = await CreateAsync(a);
        await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default);

        List<StoreChange> told = [];
        while (told is not [.., StoreChange.SessionEnded] && await changes.MoveNextAsync()) { told.Add(changes.Current); }
        Assert.Equal([new StoreChange.NodeChanged("a"), new StoreChange.SessionOwned(grant.SessionId, "a", grant.Epoch), new StoreChange.SessionEnded(grant.SessionId)], told);
    }

    /// <summary>A store whose changes come over a connection says once more that something may have been missed, when that stands.</summary>
    private protected virtual Task UntilListeningAsync(IAsyncEnumerator<StoreChange> changes) => Task.CompletedTask;
}
