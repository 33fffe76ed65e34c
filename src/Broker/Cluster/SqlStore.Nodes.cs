using System.Data.Common;
using MoshBroker.Cluster.Coordination;

namespace MoshBroker.Cluster;

/// <content>Nodes, leases, and who takes over from whom.</content>
internal abstract partial class SqlStore
{
    private const string NodeColumns = """
        name, incarnation, instance, relay_address, client_address, public_key, build, relay_version, snapshot_version, capacity, sessions,
        member_since_ms, renewed_ms, lease_end_ms, is_draining, is_superseded
        """;

    /// <summary>A node that is gone for good is shown for that long.</summary>
    private static readonly TimeSpan GoneNodeKept = TimeSpan.FromHours(1);

    private readonly LeaseTerms _terms;

    public Task<LeaseGrant> RegisterAsync(NewNode node, CancellationToken cancellationToken) => _engine.WriteAsync(
        StoreLane.Lease,
        transaction =>
        {
            LockNodes(transaction);
            List<NodeRow> nodes = ReadNodes(transaction, "name = @Name", new { node.Name });
            DateTimeOffset now = transaction.Now;
            if (nodes.Find(other => other.HoldsLease(now) && other.Instance != node.Instance) is { } holder)
            {
                return new LeaseGrant(LeaseOutcome.NameTaken, holder.Incarnation, now, KnownNodes(transaction));
            }

            NodeIncarnation incarnation = new(node.Name, Epoch.After(nodes.Count == 0 ? 0 : nodes.Max(earlier => earlier.Incarnation.Number), now));
            transaction.Execute("UPDATE node SET is_superseded = @isTrue WHERE name = @Name", new { node.Name, isTrue = true });
            transaction.Execute(
                $"""
                INSERT INTO node ({NodeColumns}) VALUES (
                  @Name, @Number, @Instance, @RelayAddress, @ClientAddress, @PublicKey, @Build, @Relay, @Snapshot, @Capacity, 0,
                  @nowMs, @nowMs, @end, @isFalse, @isFalse)
                """,
                new
                {
                    node.Name,
                    incarnation.Number,
                    node.Instance,
                    node.RelayAddress,
                    node.ClientAddress,
                    node.PublicKey,
                    node.Versions.Build,
                    node.Versions.Relay,
                    node.Versions.Snapshot,
                    node.Capacity,
                    nowMs = transaction.NowMs,
                    end = transaction.NowMs + _terms.Term,
                    isFalse = false,
                });
            transaction.Changes.Add(new StoreChange.NodeChanged(node.Name));
            return new LeaseGrant(LeaseOutcome.Granted, incarnation, now, KnownNodes(transaction));
        },
        cancellationToken);

    public Task<LeaseGrant> RenewAsync(NodeIncarnation node, NodeReport report, CancellationToken cancellationToken) => _engine.WriteAsync(
        StoreLane.Lease,
        transaction =>
        {
            DateTimeOffset now = transaction.Now;
            if (ReadNode(transaction, node, locks: true) is not { IsSuperseded: false } row) { return new LeaseGrant(LeaseOutcome.Superseded, node, now, []); }
            bool isLate = !row.HoldsLease(now);
            transaction.Execute(
                """
                UPDATE node SET renewed_ms = @nowMs, lease_end_ms = @end, member_since_ms = @since, sessions = @Sessions, capacity = @Capacity, is_draining = @IsDraining
                WHERE name = @Name AND incarnation = @Number
                """,
                new
                {
                    nowMs = transaction.NowMs,
                    end = transaction.NowMs + _terms.Term,
                    since = isLate ? transaction.NowMs : row.Lease.MemberSince.ToUnixTimeMilliseconds(),
                    report.Sessions,
                    report.Capacity,
                    report.IsDraining,
                    node.Name,
                    node.Number,
                });
            if (isLate || report.IsDraining != row.IsDraining) { transaction.Changes.Add(new StoreChange.NodeChanged(node.Name)); }
            return new LeaseGrant(isLate ? LeaseOutcome.GrantedLate : LeaseOutcome.Granted, node, now, KnownNodes(transaction));
        },
        cancellationToken);

    public Task ReleaseAsync(NodeIncarnation node, CancellationToken cancellationToken) => _engine.WriteAsync(
        StoreLane.Lease,
        transaction =>
        {
            transaction.Changes.Add(new StoreChange.NodeChanged(node.Name));
            return transaction.Execute(
                "UPDATE node SET lease_end_ms = @nowMs, is_draining = @isTrue WHERE name = @Name AND incarnation = @Number AND lease_end_ms > @nowMs",
                new { nowMs = transaction.NowMs, isTrue = true, node.Name, node.Number });
        },
        cancellationToken);

    public Task<SessionClaim> ClaimAsync(NodeIncarnation claimant, NodeIncarnation owner, IReadOnlyList<string> sessions, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            // Both rows stay locked until the commit: a renewal of the owner's comes before the claim is looked at, or after it is made. In the order of names, so
            // that two nodes that claim from each other do not wait for each other.
            NodeRow? before = string.CompareOrdinal(owner.Name, claimant.Name) < 0 ? ReadNode(transaction, owner, locks: true) : null;
            NodeRow? own = ReadNode(transaction, claimant, locks: true);
            NodeRow? held = before ?? ReadNode(transaction, owner, locks: true);
            DateTimeOffset now = transaction.Now;
            if (own?.HoldsLease(now) != true) { return new SessionClaim(ClaimOutcome.ClaimantLost, []); }
            bool isKnownDead = held is { IsSuperseded: true } && held.Incarnation.Name == claimant.Name && held.Instance == own.Instance;
            if (!ClaimRule.Allows(held?.Lease, own.Lease, isKnownDead, now, _terms)) { return new SessionClaim(ClaimOutcome.OwnerMayLive, []); }
            string[] left = [.. transaction.Query<string>(
                $"SELECT id FROM session WHERE node = @Name AND incarnation = @Number AND ended_ms IS NULL ORDER BY id{transaction.Dialect.ForUpdate}", new { owner.Name, owner.Number })
                .Intersect(sessions, StringComparer.Ordinal)];
            Own(transaction, left, claimant);
            HashSet<string> claimed = new(left, StringComparer.Ordinal);
            SessionRow[] rows = [.. ReadOwned(transaction, claimant).Where(row => claimed.Contains(row.Id))];
            foreach (SessionRow row in rows) { transaction.Changes.Add(new StoreChange.SessionOwned(row.Id, claimant.Name, row.Epoch)); }
            return new SessionClaim(ClaimOutcome.Done, rows);
        },
        cancellationToken);

    public Task<EpochDraw> TransferAsync(string sessionId, long heldEpoch, NodeIncarnation to, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            Fence fence = Check(transaction, sessionId, heldEpoch);
            if (fence.OutcomeForLive != FencedOutcome.Done) { return new EpochDraw(fence.OutcomeForLive, fence.Epoch); }
            if (ReadNode(transaction, to, locks: false) is not { IsDraining: false } row || !row.HoldsLease(transaction.Now)) { return new EpochDraw(FencedOutcome.Gone, heldEpoch); }
            Own(transaction, [sessionId], to);
            long epoch = Epoch.After(heldEpoch, transaction.Now);
            transaction.Changes.Add(new StoreChange.SessionOwned(sessionId, to.Name, epoch));
            return new EpochDraw(FencedOutcome.Done, epoch);
        },
        cancellationToken);

    public Task<IReadOnlyList<FencedOutcome>> AssertAsync(NodeIncarnation node, IReadOnlyList<SessionRow> held, CancellationToken cancellationToken) =>
        WriteAsync<IReadOnlyList<FencedOutcome>>(
            transaction =>
            {
                RequireLease(transaction, node);
                return [.. held.Select(session => Assert(transaction, node, session))];
            },
            cancellationToken);

    public Task<IReadOnlyList<SessionRow>> ListOwnedAsync(NodeIncarnation owner, CancellationToken cancellationToken) =>
        _engine.ReadAsync(transaction => ReadOwned(transaction, owner), cancellationToken);

    public IAsyncEnumerable<StoreChange> WatchAsync(CancellationToken cancellationToken) => _engine.WatchAsync(cancellationToken);

    private static FencedOutcome Assert(StoreTransaction transaction, NodeIncarnation node, SessionRow session)
    {
        Fence fence = Check(transaction, session.Id, session.Epoch);
        if (fence is { Outcome: FencedOutcome.Stale, Epoch: var stored } && stored > session.Epoch) { return FencedOutcome.Stale; }
        if (fence is { Outcome: FencedOutcome.Done, HasEnded: true }) { return FencedOutcome.Gone; }
        if (fence.Outcome == FencedOutcome.Gone)
        {
            NewSession created = new(session.OwnerUid, node.Name, session.Command, FirstChannel: null)
            {
                Incarnation = node.Number,
                CanMove = session.CanMove,
                Tenant = session.Tenant,
                User = session.User,
                Target = session.Target,
            };
            Insert(transaction, session.Id, session.Epoch, created);
        }
        else if (fence.Outcome == FencedOutcome.Done
            && transaction.Scalar<long>("SELECT count(*) FROM session WHERE id = @Id AND node = @Name AND incarnation = @Number", new { session.Id, node.Name, node.Number }) == 1)
        {
            return FencedOutcome.Done;
        }

        // The store went back in time: what it says of this session is of before the epoch that is held.
        transaction.Execute(
            "UPDATE session SET node = @Name, incarnation = @Number, epoch = @Epoch, ended_ms = NULL, end_reason = NULL WHERE id = @Id",
            new { node.Name, node.Number, session.Epoch, session.Id });
        foreach (ChannelRow channel in session.Channels) { Assert(transaction, session.Id, channel); }
        return FencedOutcome.Done;
    }

    private static void Assert(StoreTransaction transaction, string sessionId, ChannelRow channel) => transaction.Execute(
        $"""
        INSERT INTO channel (session_id, id, port, epoch, sealed_key, sealed_epoch, blocks, ended_ms)
        VALUES (@sessionId, @Id, @Port, @Epoch, @SealedKey, @SealedEpoch, @BlocksEncrypted, @ended)
        ON CONFLICT (session_id, id) DO UPDATE SET epoch = excluded.epoch, sealed_key = excluded.sealed_key, sealed_epoch = excluded.sealed_epoch,
          blocks = {transaction.Dialect.Greatest}(channel.blocks, excluded.blocks), ended_ms = excluded.ended_ms
        """,
        new
        {
            sessionId,
            channel.Id,
            channel.Port,
            channel.Epoch,
            channel.SealedKey,
            channel.SealedEpoch,
            channel.BlocksEncrypted,
            ended = channel.EndedAt?.ToUnixTimeMilliseconds(),
        });

    /// <summary>Two registrations of one name would not see each other's row.</summary>
    private static void LockNodes(StoreTransaction transaction) => transaction.Execute($"SELECT id FROM cluster WHERE id = 1{transaction.Dialect.ForUpdate}");

    private static void RequireLease(StoreTransaction transaction, NodeIncarnation node)
    {
        if (ReadNode(transaction, node, locks: false)?.HoldsLease(transaction.Now) != true)
        {
            throw new StoreUnavailableException($"node {node.Name} has no lease at the store at this moment: try again when it has") { IsOfStore = false };
        }
    }

    private static IReadOnlyList<SessionRow> ReadOwned(StoreTransaction transaction, NodeIncarnation owner) =>
        Read(transaction, "node = @Name AND incarnation = @Number AND ended_ms IS NULL", new { owner.Name, owner.Number });

    private static List<NodeRow> KnownNodes(StoreTransaction transaction) => ReadNodes(transaction, "1 = 1", new { });

    private static NodeRow? ReadNode(StoreTransaction transaction, NodeIncarnation node, bool locks) =>
        ReadNodes(transaction, $"name = @Name AND incarnation = @Number", new { node.Name, node.Number }, locks).SingleOrDefault();

    private static List<NodeRow> ReadNodes(StoreTransaction transaction, string condition, object parameters, bool locks = false)
    {
        List<NodeRow> nodes = [];
        using DbDataReader row = transaction.Read($"SELECT {NodeColumns} FROM node WHERE {condition} ORDER BY name, incarnation{(locks ? transaction.Dialect.ForUpdate : "")}", parameters);
        while (row.Read())
        {
            nodes.Add(new NodeRow(
                new NodeIncarnation(row.GetString(0), row.GetInt64(1)),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.GetFieldValue<byte[]>(5),
                new NodeVersions(row.GetString(6), row.GetInt32(7), row.GetInt32(8)),
                row.GetInt32(9),
                row.GetInt32(10),
                new MemberLease(FromMs(row.GetInt64(11)), FromMs(row.GetInt64(12)), FromMs(row.GetInt64(13))),
                row.GetBoolean(14),
                row.GetBoolean(15)));
        }

        return nodes;
    }

    /// <summary>Forgets nodes that are gone, once nobody's session is theirs. Names' highest incarnations come back by the calendar.</summary>
    private static void PruneNodes(StoreTransaction transaction) => transaction.Execute(
        """
        DELETE FROM node WHERE lease_end_ms < @before AND NOT EXISTS (
          SELECT 1 FROM session s WHERE s.node = node.name AND s.incarnation = node.incarnation AND s.ended_ms IS NULL)
        """,
        new { before = (transaction.Now - GoneNodeKept).ToUnixTimeMilliseconds() });
}
