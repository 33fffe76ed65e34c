using MoshBroker.Cluster;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

/// <summary>What every <see cref="ISessionStore"/> must do. A store passes by deriving from this.</summary>
public abstract partial class SessionStoreContract : IAsyncLifetime
{
    private protected static readonly DateTimeOffset Noon = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>A node as long as there are no leases.</summary>
    private protected static readonly NodeIncarnation A = new("a", 0);

    private protected IClusterStore Store { get; private set; } = null!;

    private protected SettableClock Clock { get; } = new(Noon);

    private static long EpochOfNoon => (long)(Noon - new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds;

    public async Task InitializeAsync() => Store = await OpenAsync(StoreRetention.Default);

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    /// <summary>Opens the store again and again over the same rows; the one before is closed.</summary>
    private protected abstract Task<IClusterStore> OpenAsync(StoreRetention retention);

    private protected async Task ReopenAsync(StoreRetention? retention = null)
    {
        await Store.DisposeAsync();
        Store = await OpenAsync(retention ?? StoreRetention.Default);
    }

    private protected static NewChannel Channel(int port = 60001) => new(port, context => [.. "sealed "u8, (byte)context.ChannelId]);

    private protected static NewSession Session(string node = "a", string command = "bash") => new(1000, node, command, Channel());

    private protected Task<SessionGrant> CreateAsync(string node = "a") => Store.CreateSessionAsync(Session(node), default);

    [Fact]
    public async Task A_new_session_is_found_with_its_first_channel()
    {
        SessionGrant grant = await Store.CreateSessionAsync(new NewSession(4_294_967_294, "node-1", "vim é", Channel(60123)), default);
        SessionRow row = (await Store.FindAsync(grant.SessionId, default))!;

        Assert.Matches("^[0-9a-f]{8}$", row.Id);
        Assert.Equal((4_294_967_294u, "node-1", "vim é", Noon), (row.OwnerUid, row.Node, row.Command, row.Created));
        Assert.False(row.HasEnded);
        Assert.Null(row.EndReason);
        ChannelRow channel = Assert.Single(row.Channels);
        Assert.Equal((1, 60123, grant.Epoch, grant.Epoch, 0L), (channel.Id, channel.Port, channel.Epoch, channel.SealedEpoch, channel.BlocksEncrypted));
        Assert.Equal("sealed \u0001"u8.ToArray(), channel.SealedKey);
    }

    [Fact]
    public async Task A_first_epoch_is_the_seconds_since_2026()
    {
        SessionGrant grant = await CreateAsync();

        Assert.Equal(EpochOfNoon, grant.Epoch);
        Assert.Equal(grant.Epoch, (await Store.FindAsync(grant.SessionId, default))!.Epoch);
    }

    [Fact]
    public async Task The_key_is_sealed_for_the_session_channel_and_epoch_that_are_stored()
    {
        SealContext? seen = null;
        SessionGrant grant = await Store.CreateSessionAsync(
            new NewSession(1, "a", "sh", new NewChannel(60001, context => { seen = context; return [1]; })), default);

        Assert.Equal(new SealContext(grant.SessionId, grant.ChannelId, grant.Epoch), seen);
    }

    [Fact]
    public async Task An_epoch_drawn_within_the_same_second_is_the_next_number()
    {
        SessionGrant grant = await CreateAsync();
        EpochDraw draw = await Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default);

        Assert.Equal(new EpochDraw(FencedOutcome.Done, grant.Epoch + 1), draw);
    }

    [Fact]
    public async Task An_epoch_catches_up_with_the_calendar()
    {
        SessionGrant grant = await CreateAsync();
        Clock.Now += TimeSpan.FromHours(1);

        Assert.Equal(grant.Epoch + 3600, (await Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default)).Epoch);
    }

    [Fact]
    public async Task Epochs_grow_when_the_clock_goes_back()
    {
        SessionGrant grant = await CreateAsync();
        Clock.Now -= TimeSpan.FromDays(300);
        EpochDraw first = await Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default);
        await ReopenAsync();
        EpochDraw second = await Store.DrawEpochAsync(grant.SessionId, 1, first.Epoch, default);

        Assert.Equal((grant.Epoch + 1, grant.Epoch + 2), (first.Epoch, second.Epoch));
    }

    [Fact]
    public async Task A_drawn_epoch_moves_one_channel_and_the_fence_and_leaves_the_seal()
    {
        SessionGrant grant = await CreateAsync();
        await Store.AddChannelAsync(grant.SessionId, grant.Epoch, Channel(60002), default);
        EpochDraw draw = await Store.DrawEpochAsync(grant.SessionId, 2, grant.Epoch, default);
        SessionRow row = (await Store.FindAsync(grant.SessionId, default))!;

        Assert.Equal(draw.Epoch, row.Epoch);
        Assert.Equal([grant.Epoch, draw.Epoch], row.Channels.Select(c => c.Epoch));
        Assert.Equal([grant.Epoch, grant.Epoch], row.Channels.Select(c => c.SealedEpoch));
    }

    [Fact]
    public async Task Of_two_owners_that_draw_from_the_same_epoch_one_wins()
    {
        SessionGrant grant = await CreateAsync();
        EpochDraw[] draws = await Task.WhenAll(
            Enumerable.Range(0, 20).Select(_ => Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default)));

        Assert.Single(draws, draw => draw.Outcome == FencedOutcome.Done);
        Assert.All(draws, draw => Assert.Equal(grant.Epoch + 1, draw.Epoch));
        Assert.Equal(19, draws.Count(draw => draw.Outcome == FencedOutcome.Stale));
    }

    [Fact]
    public async Task Every_write_of_a_stale_owner_changes_nothing()
    {
        SessionGrant grant = await CreateAsync();
        await Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default);
        SessionRow before = (await Store.FindAsync(grant.SessionId, default))!;

        Assert.Equal(FencedOutcome.Stale, (await Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default)).Outcome);
        Assert.Equal(FencedOutcome.Stale, (await Store.AddChannelAsync(grant.SessionId, grant.Epoch, Channel(), default)).Outcome);
        Assert.Equal(FencedOutcome.Stale, await Store.RecordBlocksAsync(grant.SessionId, 1, grant.Epoch, 99, default));
        Assert.Equal(FencedOutcome.Stale, await Store.EndChannelAsync(grant.SessionId, 1, grant.Epoch, default));
        Assert.Equal(FencedOutcome.Stale, await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default));
        SessionRow after = (await Store.FindAsync(grant.SessionId, default))!;
        Assert.Equal(before with { Channels = [] }, after with { Channels = [] });
        Assert.Equivalent(before.Channels, after.Channels, strict: true);
    }

    [Fact]
    public async Task A_session_that_is_not_there_is_gone()
    {
        Assert.Equal(new EpochDraw(FencedOutcome.Gone, 0), await Store.DrawEpochAsync("00000000", 1, 5, default));
        Assert.Equal(FencedOutcome.Gone, (await Store.AddChannelAsync("00000000", 5, Channel(), default)).Outcome);
        Assert.Equal(FencedOutcome.Gone, await Store.RecordBlocksAsync("00000000", 1, 5, 1, default));
        Assert.Equal(FencedOutcome.Gone, await Store.EndChannelAsync("00000000", 1, 5, default));
        Assert.Equal(FencedOutcome.Gone, await Store.EndSessionAsync("00000000", 5, SessionEndReason.UserExit, default));
        Assert.Null(await Store.FindAsync("00000000", default));
    }

    [Fact]
    public async Task A_channel_that_is_not_there_is_gone_and_draws_nothing()
    {
        SessionGrant grant = await CreateAsync();

        Assert.Equal(FencedOutcome.Gone, (await Store.DrawEpochAsync(grant.SessionId, 7, grant.Epoch, default)).Outcome);
        Assert.Equal(FencedOutcome.Gone, await Store.EndChannelAsync(grant.SessionId, 7, grant.Epoch, default));
        Assert.Equal(grant.Epoch, (await Store.FindAsync(grant.SessionId, default))!.Epoch);
    }

    [Fact]
    public async Task An_added_channel_gets_the_next_number_even_after_another_ended()
    {
        SessionGrant grant = await CreateAsync();
        await Store.AddChannelAsync(grant.SessionId, grant.Epoch, Channel(60002), default);
        await Store.EndChannelAsync(grant.SessionId, 2, grant.Epoch, default);
        ChannelGrant third = await Store.AddChannelAsync(grant.SessionId, grant.Epoch, Channel(60003), default);

        Assert.Equal(new ChannelGrant(FencedOutcome.Done, 3), third);
        SessionRow row = (await Store.FindAsync(grant.SessionId, default))!;
        Assert.Equal([60001, 60002, 60003], row.Channels.Select(c => c.Port));
    }

    [Fact]
    public async Task Counted_blocks_never_go_down()
    {
        SessionGrant grant = await CreateAsync();
        Assert.Equal(FencedOutcome.Done, await Store.RecordBlocksAsync(grant.SessionId, 1, grant.Epoch, 1L << 46, default));
        Assert.Equal(FencedOutcome.Done, await Store.RecordBlocksAsync(grant.SessionId, 1, grant.Epoch, 5, default));

        Assert.Equal(1L << 46, (await Store.FindAsync(grant.SessionId, default))!.Channels[0].BlocksEncrypted);
    }

    [Fact]
    public async Task An_ended_channel_forgets_its_key_and_the_session_goes_on()
    {
        SessionGrant grant = await CreateAsync();
        Assert.Equal(FencedOutcome.Done, await Store.EndChannelAsync(grant.SessionId, 1, grant.Epoch, default));
        Clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(FencedOutcome.Done, await Store.EndChannelAsync(grant.SessionId, 1, grant.Epoch, default));

        SessionRow row = (await Store.FindAsync(grant.SessionId, default))!;
        Assert.False(row.HasEnded);
        Assert.Equal(Noon, row.Channels[0].EndedAt);
        Assert.Empty(row.Channels[0].SealedKey);
        Assert.Equal(FencedOutcome.Gone, (await Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default)).Outcome);
    }

    [Fact]
    public async Task The_first_reason_of_an_end_stays()
    {
        SessionGrant grant = await CreateAsync();
        Assert.Equal(FencedOutcome.Done, await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.PtyStalled, default));
        Assert.Equal(FencedOutcome.Done, await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default));

        SessionRow row = (await Store.FindAsync(grant.SessionId, default))!;
        Assert.Equal((SessionEndReason.PtyStalled, Noon), (row.EndReason, row.EndedAt));
        Assert.All(row.Channels, channel => Assert.Empty(channel.SealedKey));
        Assert.Equal(FencedOutcome.Gone, (await Store.AddChannelAsync(grant.SessionId, grant.Epoch, Channel(), default)).Outcome);
    }

    [Theory]
    [InlineData("never_connected", nameof(SessionEndReason.NeverConnected))]
    [InlineData("backend_lost", nameof(SessionEndReason.BackendLost))]
    public void Reasons_are_written_in_snake_case(string name, string reason)
    {
        Assert.Equal(name, Enum.Parse<SessionEndReason>(reason).ToName());
        Assert.Equal(reason, SessionEndReasonNames.Parse(name).ToString());
    }

    [Fact]
    public async Task A_list_is_in_the_order_of_creation_and_leaves_the_ended_out()
    {
        SessionGrant[] grants = new SessionGrant[3];
        for (int i = 0; i < grants.Length; i++)
        {
            grants[i] = await CreateAsync();
            Clock.Now += TimeSpan.FromSeconds(1);
        }

        await Store.EndSessionAsync(grants[1].SessionId, grants[1].Epoch, SessionEndReason.ClientQuit, default);

        Assert.Equal([grants[0].SessionId, grants[2].SessionId], (await Store.ListAsync(includeEnded: false, default)).Select(s => s.Id));
        Assert.Equal(grants.Select(g => g.SessionId), (await Store.ListAsync(includeEnded: true, default)).Select(s => s.Id));
    }

    [Fact]
    public async Task What_is_committed_is_there_after_the_store_was_opened_again()
    {
        SessionGrant grant = await CreateAsync();
        await ReopenAsync();

        Assert.Equal(grant.Epoch, (await Store.FindAsync(grant.SessionId, default))!.Epoch);
    }

    [Fact]
    public async Task Leftovers_of_one_node_are_taken_over_with_later_epochs()
    {
        SessionGrant mine = await CreateAsync("a");
        SessionGrant ended = await CreateAsync("a");
        SessionGrant other = await CreateAsync("b");
        await Store.EndSessionAsync(ended.SessionId, ended.Epoch, SessionEndReason.UserExit, default);

        SessionRow claimed = Assert.Single(await Store.ClaimLeftoversAsync(A, default));
        Assert.Equal((mine.SessionId, mine.Epoch + 1, mine.Epoch + 1), (claimed.Id, claimed.Epoch, claimed.Channels[0].Epoch));
        Assert.Equal(mine.Epoch, claimed.Channels[0].SealedEpoch);
        Assert.Equal(other.Epoch, (await Store.FindAsync(other.SessionId, default))!.Epoch);
    }

    [Fact]
    public async Task A_tombstone_keeps_the_sealed_key_of_an_ended_channel_and_gets_a_new_epoch_each_time_it_is_taken()
    {
        SessionGrant grant = await CreateAsync();
        Assert.Equal(FencedOutcome.Done, await Store.KeepTombstonesAsync(grant.SessionId, grant.Epoch, [new ChannelRemains(1, 77, 5)], default));
        await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default);
        await ReopenAsync();

        TombstoneRow row = Assert.Single(await Store.TakeTombstonesAsync("a", Clock.Now.AddDays(-1), 10, default));
        Assert.Equal((grant.SessionId, new ChannelRemains(1, 77, 5), 60001, grant.Epoch), (row.SessionId, row.Remains, row.Port, row.SealedEpoch));
        Assert.Equal("sealed \u0001"u8.ToArray(), row.SealedKey);
        Assert.True(row.Epoch > grant.Epoch);
        Assert.True(Assert.Single(await Store.TakeTombstonesAsync("a", Clock.Now.AddDays(-1), 10, default)).Epoch > row.Epoch);
        Assert.Empty(await Store.TakeTombstonesAsync("b", Clock.Now.AddDays(-1), 10, default));
    }

    [Fact]
    public async Task Tombstones_are_deleted_by_age_by_number_and_one_by_one()
    {
        List<SessionGrant> all = [];
        for (int i = 0; i < 4; i++)
        {
            SessionGrant grant = await CreateAsync();
            await Store.KeepTombstonesAsync(grant.SessionId, grant.Epoch, [new ChannelRemains(1, 0, 0)], default);
            all.Add(grant);
            Clock.Now += TimeSpan.FromMinutes(1);
        }

        await Store.ForgetTombstoneAsync(all[3].SessionId, 1, default);
        Assert.Equal([all[1].SessionId, all[2].SessionId], (await Store.TakeTombstonesAsync("a", Clock.Now.AddDays(-1), 2, default)).Select(row => row.SessionId));
        Assert.Equal([all[2].SessionId], (await Store.TakeTombstonesAsync("a", Clock.Now.AddSeconds(-150), 2, default)).Select(row => row.SessionId));
    }

    [Fact]
    public async Task An_owner_that_is_fenced_off_keeps_no_tombstone()
    {
        SessionGrant grant = await CreateAsync();
        await Store.ClaimLeftoversAsync(A, default);
        Assert.Equal(FencedOutcome.Stale, await Store.KeepTombstonesAsync(grant.SessionId, grant.Epoch, [new ChannelRemains(1, 1, 1)], default));
        Assert.Empty(await Store.TakeTombstonesAsync("a", Clock.Now.AddDays(-1), 10, default));
    }

    [Fact]
    public async Task A_process_whose_sessions_were_taken_over_is_fenced_off()
    {
        SessionGrant grant = await CreateAsync();
        await Store.ClaimLeftoversAsync(A, default);

        Assert.Equal(FencedOutcome.Stale, (await Store.DrawEpochAsync(grant.SessionId, 1, grant.Epoch, default)).Outcome);
        Assert.Equal(FencedOutcome.Stale, await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default));
    }

    [Fact]
    public async Task Ended_sessions_are_kept_for_their_time_and_live_ones_for_ever()
    {
        SessionGrant live = await CreateAsync();
        SessionGrant ended = await CreateAsync();
        await Store.EndSessionAsync(ended.SessionId, ended.Epoch, SessionEndReason.UserExit, default);
        Clock.Now += StoreRetention.Default.Age;
        Assert.Equal(0, await Store.PruneAsync(default));
        Clock.Now += TimeSpan.FromSeconds(1);

        Assert.Equal(1, await Store.PruneAsync(default));
        Assert.Equal([live.SessionId], (await Store.ListAsync(includeEnded: true, default)).Select(s => s.Id));
    }

    [Fact]
    public async Task No_more_ended_sessions_are_kept_than_allowed_and_the_latest_stay()
    {
        await ReopenAsync(new StoreRetention(TimeSpan.FromDays(7), Rows: 2));
        List<string> ids = [];
        for (int i = 0; i < 5; i++)
        {
            SessionGrant grant = await CreateAsync();
            await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default);
            ids.Add(grant.SessionId);
            Clock.Now += TimeSpan.FromSeconds(1);
        }

        Assert.Equal(3, await Store.PruneAsync(default));
        Assert.Equal(ids[3..], (await Store.ListAsync(includeEnded: true, default)).Select(s => s.Id));
    }

    [Fact]
    public async Task The_store_prunes_by_itself_while_sessions_end()
    {
        await ReopenAsync(new StoreRetention(TimeSpan.FromDays(7), Rows: 10));
        for (int i = 0; i < 300; i++)
        {
            SessionGrant grant = await CreateAsync();
            await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default);
        }

        Assert.InRange((await Store.ListAsync(includeEnded: true, default)).Count, 10, 140);
    }

    [Fact]
    public async Task A_thousand_sessions_at_once_all_get_their_own_id()
    {
        SessionGrant[] grants = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => CreateAsync()));

        Assert.Equal(1000, grants.Select(g => g.SessionId).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(1000, (await Store.ListAsync(includeEnded: false, default)).Count);
    }

    [Fact]
    public async Task A_write_that_fails_by_itself_leaves_its_neighbours_alone()
    {
        NewSession faulty = new(1, "a", "sh", new NewChannel(60001, _ => throw new InvalidOperationException("no seal")));
        Task<SessionGrant>[] writes = [CreateAsync(), Store.CreateSessionAsync(faulty, default), CreateAsync()];

        await Assert.ThrowsAsync<InvalidOperationException>(() => writes[1]);
        Assert.Equal(
            [(await writes[0]).SessionId, (await writes[2]).SessionId],
            (await Store.ListAsync(includeEnded: true, default)).Select(s => s.Id).OrderBy(id => id != writes[0].Result.SessionId));
    }

    [Fact]
    public async Task A_cancelled_write_is_not_made()
    {
        using CancellationTokenSource cancelled = new();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CreateSessionAsync(Session(), cancelled.Token));
        Assert.Empty(await Store.ListAsync(includeEnded: true, default));
    }

    [Fact]
    public async Task A_command_of_any_length_fits()
    {
        SessionGrant grant = await Store.CreateSessionAsync(Session(command: new string('x', 100_000)), default);

        Assert.InRange((await Store.FindAsync(grant.SessionId, default))!.Command.Length, 1, 1000);
    }
}
