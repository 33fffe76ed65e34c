using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;

namespace MoshBroker.Cluster;

/// <summary>The store in SQL, the same for both databases; what differs is <see cref="SqlDialect"/> and how operations are run, <see cref="ISqlEngine"/>.</summary>
/// <content>Sessions and channels.</content>
internal abstract partial class SqlStore : IClusterStore
{
    /// <summary>The command is for display and comes from the user: it must not decide the size of the store.</summary>
    private const int MaxCommandLength = 256;

    /// <summary>Old rows are looked for at start, and then once per that many ends.</summary>
    private const int EndsPerPruning = 128;

    private static readonly byte[] NoKey = [];

    private readonly WatchedEngine _engine;
    private readonly StoreRetention _retention;
    private int _endsSincePruning;
    private int _isDisposed;

    /// <param name="engine">What runs the operations.</param>
    /// <param name="grace">A store that is lost for less is not told of by <see cref="Health"/>.</param>
    /// <param name="retention">How long ended sessions stay.</param>
    /// <param name="terms">Of leases.</param>
    private protected SqlStore(ISqlEngine engine, TimeSpan grace, StoreRetention retention, Coordination.LeaseTerms terms)
    {
        _engine = new WatchedEngine(engine, grace, TimeProvider.System);
        _retention = retention;
        _terms = terms;
    }

    public StoreHealth Health => _engine.Health;

    /// <summary>Looks whether it is there.</summary>
    /// <exception cref="StoreUnavailableException">It is not.</exception>
    public Task ProbeAsync() => _engine.ProbeAsync(Health.IsLost, CancellationToken.None);

    public Task<SessionGrant> CreateSessionAsync(NewSession session, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            if (session.Incarnation != 0) { RequireLease(transaction, new NodeIncarnation(session.Node, session.Incarnation)); }
            string id = DrawId(transaction);
            long epoch = Epoch.After(0, transaction.Now);
            Insert(transaction, id, epoch, session);
            transaction.Changes.Add(new StoreChange.SessionOwned(id, session.Node, epoch));
            if (session.FirstChannel is null) { return new SessionGrant(id, 0, epoch); }
            Insert(transaction, new SealContext(id, ChannelId: 1, epoch), session.FirstChannel);
            return new SessionGrant(id, 1, epoch);
        },
        cancellationToken);

    public Task<EpochDraw> DrawEpochAsync(string sessionId, int channelId, long heldEpoch, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            Fence fence = Check(transaction, sessionId, heldEpoch);
            if (fence.OutcomeForLive != FencedOutcome.Done) { return new EpochDraw(fence.OutcomeForLive, fence.Epoch); }
            long epoch = Epoch.After(heldEpoch, transaction.Now);
            int drawn = transaction.Execute(
                "UPDATE channel SET epoch = @epoch WHERE session_id = @sessionId AND id = @channelId AND ended_ms IS NULL",
                new { epoch, sessionId, channelId });
            if (drawn == 0) { return new EpochDraw(FencedOutcome.Gone, heldEpoch); }
            transaction.Execute("UPDATE session SET epoch = @epoch WHERE id = @sessionId", new { epoch, sessionId });
            return new EpochDraw(FencedOutcome.Done, epoch);
        },
        cancellationToken);

    public Task<ChannelGrant> AddChannelAsync(string sessionId, long heldEpoch, NewChannel channel, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            Fence fence = Check(transaction, sessionId, heldEpoch);
            if (fence.OutcomeForLive != FencedOutcome.Done) { return new ChannelGrant(fence.OutcomeForLive, 0); }
            int id = transaction.Scalar<int>("SELECT coalesce(max(id), 0) + 1 FROM channel WHERE session_id = @sessionId", new { sessionId });
            Insert(transaction, new SealContext(sessionId, id, heldEpoch), channel);
            return new ChannelGrant(FencedOutcome.Done, id);
        },
        cancellationToken);

    public Task<FencedOutcome> RecordBlocksAsync(string sessionId, int channelId, long heldEpoch, long blocks, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            Fence fence = Check(transaction, sessionId, heldEpoch);
            if (fence.OutcomeForLive != FencedOutcome.Done) { return fence.OutcomeForLive; }
            int found = transaction.Execute(
                $"UPDATE channel SET blocks = {transaction.Dialect.Greatest}(blocks, @blocks) WHERE session_id = @sessionId AND id = @channelId AND ended_ms IS NULL",
                new { blocks, sessionId, channelId });
            return found > 0 ? FencedOutcome.Done : FencedOutcome.Gone;
        },
        cancellationToken);

    public Task<FencedOutcome> EndChannelAsync(string sessionId, int channelId, long heldEpoch, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            Fence fence = Check(transaction, sessionId, heldEpoch);
            if (fence.Outcome != FencedOutcome.Done) { return fence.Outcome; }
            int found = transaction.Execute(
                "UPDATE channel SET ended_ms = coalesce(ended_ms, @now), sealed_key = @NoKey WHERE session_id = @sessionId AND id = @channelId",
                new { now = transaction.NowMs, NoKey, sessionId, channelId });
            return found > 0 ? FencedOutcome.Done : FencedOutcome.Gone;
        },
        cancellationToken);

    public Task<FencedOutcome> EndSessionAsync(string sessionId, long heldEpoch, SessionEndReason reason, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            Fence fence = Check(transaction, sessionId, heldEpoch);
            if (fence.Outcome != FencedOutcome.Done || fence.HasEnded) { return fence.Outcome; }
            var end = new { now = transaction.NowMs, reason = reason.ToName(), NoKey, sessionId };
            transaction.Execute("UPDATE session SET ended_ms = @now, end_reason = @reason WHERE id = @sessionId", end);
            transaction.Execute("UPDATE channel SET ended_ms = coalesce(ended_ms, @now), sealed_key = @NoKey WHERE session_id = @sessionId", end);
            transaction.Execute("DELETE FROM screen WHERE session_id = @sessionId", end);
            transaction.Changes.Add(new StoreChange.SessionEnded(sessionId));
            if (Interlocked.Increment(ref _endsSincePruning) >= EndsPerPruning) { Prune(transaction); }
            return FencedOutcome.Done;
        },
        cancellationToken);

    public Task<IReadOnlyList<SessionRow>> ClaimLeftoversAsync(NodeIncarnation node, CancellationToken cancellationToken) => WriteAsync(
        transaction =>
        {
            string[] left = [.. transaction.Query<string>(
                $"""
                SELECT id FROM session WHERE node = @Name AND ended_ms IS NULL AND (incarnation = 0 OR incarnation IN (
                  SELECT earlier.incarnation FROM node earlier JOIN node present ON present.name = earlier.name AND present.instance = earlier.instance
                  WHERE present.name = @Name AND present.incarnation = @Number)){transaction.Dialect.ForUpdate}
                """,
                new { node.Name, node.Number })];
            Own(transaction, left, node);
            Prune(transaction);
            return ReadOwned(transaction, node);
        },
        cancellationToken);

    public Task<int> PruneAsync(CancellationToken cancellationToken) => WriteAsync(Prune, cancellationToken);

    public Task<IReadOnlyList<SessionRow>> ListAsync(bool includeEnded, CancellationToken cancellationToken) =>
        _engine.ReadAsync(transaction => Read(transaction, "@includeEnded OR ended_ms IS NULL", new { includeEnded }), cancellationToken);

    public Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancellationToken) =>
        _engine.ReadAsync(transaction => Read(transaction, "id = @sessionId", new { sessionId }).SingleOrDefault(), cancellationToken);

    /// <summary>Commits what is queued, then closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) { await _engine.DisposeAsync(); }
    }

    private static string DrawId(StoreTransaction transaction)
    {
        string id;
        do
        {
            id = RandomNumberGenerator.GetHexString(8, lowercase: true);
        }
        while (transaction.Scalar<long>("SELECT count(*) FROM session WHERE id = @id", new { id }) > 0);

        return id;
    }

    private static void Insert(StoreTransaction transaction, string id, long epoch, NewSession session)
    {
        string command = session.Command.Length <= MaxCommandLength ? session.Command : session.Command[..MaxCommandLength];
        transaction.Execute(
            """
            INSERT INTO session (id, created_ms, owner_uid, node, incarnation, epoch, command, tenant, user_name, target, can_move)
            VALUES (@id, @now, @uid, @Node, @Incarnation, @epoch, @command, @Tenant, @User, @Target, @CanMove)
            """,
            new
            {
                id,
                now = transaction.NowMs,
                uid = (long)session.OwnerUid,
                session.Node,
                session.Incarnation,
                epoch,
                command,
                session.Tenant,
                session.User,
                session.Target,
                session.CanMove,
            });
    }

    private static void Insert(StoreTransaction transaction, SealContext context, NewChannel channel) => transaction.Execute(
        "INSERT INTO channel (session_id, id, port, epoch, sealed_key, sealed_epoch) VALUES (@SessionId, @ChannelId, @Port, @Epoch, @key, @Epoch)",
        new { context.SessionId, context.ChannelId, channel.Port, context.Epoch, key = channel.Seal(context) });

    private static Fence Check(StoreTransaction transaction, string sessionId, long heldEpoch)
    {
        List<(long Epoch, bool HasEnded)> found = transaction.Query<(long, bool)>(
            $"SELECT epoch, ended_ms IS NOT NULL FROM session WHERE id = @sessionId{transaction.Dialect.ForUpdate}", new { sessionId });
        return found is not [(long epoch, bool hasEnded)] ? new Fence(FencedOutcome.Gone, 0, HasEnded: true)
            : new Fence(epoch == heldEpoch ? FencedOutcome.Done : FencedOutcome.Stale, epoch, hasEnded);
    }

    /// <summary>Gives sessions a new owner, and them and their living channels a new epoch.</summary>
    private static void Own(StoreTransaction transaction, string[] sessions, NodeIncarnation owner)
    {
        const int AtOnce = 500; // Each is a parameter of the statement.
        foreach (string[] ids in sessions.Chunk(AtOnce))
        {
            transaction.Execute(
                $"UPDATE session SET node = @Name, incarnation = @Number, epoch = {transaction.Dialect.Greatest}(epoch + 1, @calendar) WHERE {transaction.Dialect.In("id", "ids")}",
                new { owner.Name, owner.Number, calendar = Epoch.At(transaction.Now), ids });
            transaction.Execute(
                $"""
                UPDATE channel SET epoch = (SELECT session.epoch FROM session WHERE session.id = channel.session_id)
                WHERE {transaction.Dialect.In("session_id", "ids")} AND ended_ms IS NULL
                """,
                new { ids });
        }
    }

    private static DateTimeOffset FromMs(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static DateTimeOffset? MsOrNull(DbDataReader row, int column) => row.IsDBNull(column) ? null : FromMs(row.GetInt64(column));

    private static IReadOnlyList<SessionRow> Read(StoreTransaction transaction, string condition, object parameters)
    {
        // One statement, so that a session and its channels are of the same moment.
        string sql = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT s.id, s.created_ms, s.owner_uid, s.node, s.epoch, s.command, s.end_reason, s.ended_ms,
                   c.id, c.port, c.epoch, c.sealed_key, c.sealed_epoch, c.blocks, c.ended_ms,
                   s.incarnation, s.can_move, s.tenant, s.user_name, s.target
            FROM (SELECT * FROM session WHERE {condition}) s LEFT JOIN channel c ON c.session_id = s.id
            ORDER BY s.created_ms, s.id, c.id
            """);
        List<SessionRow> sessions = [];
        List<ChannelRow> channels = [];
        using DbDataReader row = transaction.Read(sql, parameters);
        while (row.Read())
        {
            string id = row.GetString(0);
            if (sessions.Count == 0 || sessions[^1].Id != id)
            {
                channels = [];
                SessionEndReason? reason = row.IsDBNull(6) ? null : SessionEndReasonNames.Parse(row.GetString(6));
                sessions.Add(new SessionRow(
                    id, FromMs(row.GetInt64(1)), (uint)row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.GetString(5), reason, MsOrNull(row, 7), channels)
                {
                    Incarnation = row.GetInt64(15),
                    CanMove = row.GetBoolean(16),
                    Tenant = row.GetString(17),
                    User = row.GetString(18),
                    Target = row.IsDBNull(19) ? null : row.GetString(19),
                });
            }

            if (row.IsDBNull(8)) { continue; }
            channels.Add(new ChannelRow(
                row.GetInt32(8), row.GetInt32(9), row.GetInt64(10), row.GetFieldValue<byte[]>(11), row.GetInt64(12), row.GetInt64(13), MsOrNull(row, 14)));
        }

        return sessions;
    }

    private Task<T> WriteAsync<T>(Func<StoreTransaction, T> body, CancellationToken cancellationToken) => _engine.WriteAsync(StoreLane.Session, body, cancellationToken);

    private int Prune(StoreTransaction transaction)
    {
        Interlocked.Exchange(ref _endsSincePruning, 0);
        long before = (transaction.Now - _retention.Age).ToUnixTimeMilliseconds();
        int pruned = transaction.Execute("DELETE FROM session WHERE ended_ms < @before", new { before })
            + transaction.Execute(
                """
                DELETE FROM session WHERE id IN (
                  SELECT id FROM session WHERE ended_ms IS NOT NULL ORDER BY ended_ms DESC, id LIMIT 9223372036854775807 OFFSET @Rows)
                """,
                new { _retention.Rows });
        PruneNodes(transaction);
        return pruned;
    }

    private readonly record struct Fence(FencedOutcome Outcome, long Epoch, bool HasEnded)
    {
        // A stale owner is told so first: that the session has ended since is the business of its new owner.
        public FencedOutcome OutcomeForLive => Outcome == FencedOutcome.Done && HasEnded ? FencedOutcome.Gone : Outcome;
    }
}
