using System.Text;
using MoshBroker.Audit;
using MoshBroker.Cluster;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

/// <content>Stored screens, resealing, the audit trail.</content>
public abstract partial class SessionStoreContract
{
    private protected static AuditRecord Event(long number, string? tenant, DateTimeOffset at) =>
        AuditLine.Write(number, at, new AuditEvent(AuditEventName.SessionStart) { Tenant = tenant, User = "ann", Session = "1a2b3c4d" }, AuditLine.Genesis);

    [Fact]
    public async Task A_screen_is_kept_in_place_of_the_one_before_and_only_from_the_owner()
    {
        SessionGrant one = await CreateAsync();
        SessionGrant two = await CreateAsync();
        ScreenRow first = new(one.SessionId, one.Epoch, Noon, [1]);
        Assert.Equal([FencedOutcome.Done, FencedOutcome.Done], await Store.SaveScreensAsync([first, new ScreenRow(two.SessionId, two.Epoch, Noon, [2])], default));
        Assert.Equal([FencedOutcome.Done], await Store.SaveScreensAsync([first with { Sealed = [3], SavedAt = Noon.AddSeconds(1) }], default));
        await Store.DrawEpochAsync(two.SessionId, 1, two.Epoch, default);
        Assert.Equal(
            [FencedOutcome.Stale, FencedOutcome.Gone, FencedOutcome.Done],
            await Store.SaveScreensAsync([new ScreenRow(two.SessionId, two.Epoch, Noon, [9]), new ScreenRow("00000000", 1, Noon, [9]), first with { Sealed = [4] }], default));

        Dictionary<string, ScreenRow> kept = (await Store.LoadScreensAsync([one.SessionId, two.SessionId, "00000000"], default)).ToDictionary(row => row.SessionId);
        Assert.Equal(2, kept.Count);
        Assert.Equal([4], kept[one.SessionId].Sealed);
        Assert.Equal((two.Epoch, Noon), (kept[two.SessionId].Epoch, kept[two.SessionId].SavedAt));
        Assert.Equal([2], kept[two.SessionId].Sealed);
    }

    [Fact]
    public async Task An_ended_session_leaves_no_screen()
    {
        SessionGrant grant = await CreateAsync();
        await Store.SaveScreensAsync([new ScreenRow(grant.SessionId, grant.Epoch, Noon, [1])], default);
        await Store.EndSessionAsync(grant.SessionId, grant.Epoch, SessionEndReason.UserExit, default);

        Assert.Empty(await Store.LoadScreensAsync([grant.SessionId], default));
        Assert.Equal([FencedOutcome.Gone], await Store.SaveScreensAsync([new ScreenRow(grant.SessionId, grant.Epoch, Noon, [1])], default));
    }

    [Fact]
    public async Task A_master_key_is_replaced_step_by_step_and_then_the_old_one_is_not_needed()
    {
        using TemporaryDirectory folder = new();
        byte[] key = [.. Enumerable.Range(0, 16).Select(i => (byte)i)];
        SessionGrant grant;
        SessionGrant buried;
        using (KeySealer old = new(MasterKeys.Load(folder.Path, path: null)))
        {
            grant = await Store.CreateSessionAsync(new NewSession(1, "a", "sh", new NewChannel(60001, context => old.Seal(context, key))), default);
            buried = await Store.CreateSessionAsync(new NewSession(1, "a", "sh", new NewChannel(60002, context => old.Seal(context, key))), default);
            await Store.KeepTombstonesAsync(buried.SessionId, buried.Epoch, [new ChannelRemains(1, 7, 7)], default);
            await Store.EndSessionAsync(buried.SessionId, buried.Epoch, SessionEndReason.UserExit, default);
            await Store.SaveScreensAsync([new ScreenRow(grant.SessionId, grant.Epoch, Noon, old.SealScreen(grant.SessionId, grant.Epoch, "screen"u8))], default);
        }

        // All nodes are given the new key first: it is known, and not sealed under.
        string next = MasterKeys.Make(folder.Path, path: null, isNext: true);
        using (KeySealer known = new(MasterKeys.Load(folder.Path, path: null)))
        {
            Assert.Equal(1, known.Version);
            Assert.Equal((0, 0), await Store.ResealAsync(known, default));
        }

        File.Move(next, next[..^".next".Length]);
        using (KeySealer renewed = new(MasterKeys.Load(folder.Path, path: null)))
        {
            Assert.Equal(2, renewed.Version);
            Assert.Equal((3, 0), await Store.ResealAsync(renewed, default));
            Assert.Equal((0, 0), await Store.ResealAsync(renewed, default));
        }

        File.Delete(Path.Combine(folder.Path, MasterKey.FileName));
        using KeySealer alone = new(MasterKeys.Load(folder.Path, path: null));
        ChannelRow channel = (await Store.FindAsync(grant.SessionId, default))!.Channels[0];
        TombstoneRow tombstone = Assert.Single(await Store.TakeTombstonesAsync("a", Clock.Now.AddDays(-1), 10, default));
        ScreenRow screen = Assert.Single(await Store.LoadScreensAsync([grant.SessionId], default));
        byte[] opened = new byte[16];
        Assert.True(alone.TryOpen(new SealContext(grant.SessionId, 1, channel.SealedEpoch), channel.SealedKey, opened));
        Assert.Equal(key, opened);
        Assert.True(alone.TryOpen(new SealContext(buried.SessionId, 1, tombstone.SealedEpoch), tombstone.SealedKey, opened));
        Assert.Equal("screen", Encoding.ASCII.GetString(alone.TryOpenScreen(grant.SessionId, screen.Epoch, screen.Sealed)!));
    }

    [Fact]
    public async Task Audit_events_are_kept_once_in_their_order_asked_for_and_forgotten_by_age_but_for_the_last()
    {
        Assert.Equal(0, (await Store.AuditHeadAsync(default)).Number);
        AuditRecord[] events = [Event(1, "acme", Noon), Event(2, null, Noon), Event(3, "other", Noon.AddSeconds(1))];
        await Store.AppendAuditAsync(events, default);
        await Store.AppendAuditAsync(events, default);

        (long number, byte[] hash) = await Store.AuditHeadAsync(default);
        Assert.Equal(3, number);
        Assert.Equal(events[2].Hash, hash);
        Assert.Equal(events.Select(e => Encoding.UTF8.GetString(e.Line)), await Store.QueryAuditAsync(new AuditFilter(null, null, null, null, null, null, 10), default));
        Assert.Equal([Encoding.UTF8.GetString(events[0].Line)], await Store.QueryAuditAsync(new AuditFilter(null, Noon.AddSeconds(1), null, "acme", "ann", null, 10), default));
        Assert.Equal(1, await Store.PruneAuditAsync("acme", ["acme"], Noon.AddDays(1), default));
        Assert.Equal(1, await Store.PruneAuditAsync(null, ["acme"], Noon.AddDays(1), default));
        Assert.Equal(0, await Store.PruneAuditAsync(null, [], Noon.AddDays(1), default));
        Assert.Equal(3, (await Store.AuditHeadAsync(default)).Number);
    }
}
