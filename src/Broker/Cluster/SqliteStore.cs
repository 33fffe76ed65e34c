using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Dapper;
using Microsoft.Data.Sqlite;
using MoshBroker.Configuration;

namespace MoshBroker.Cluster;

/// <summary>The embedded store: one SQLite file in WAL mode, synced at every commit, written by one thread and read on a second connection.</summary>
internal sealed partial class SqliteStore : ISessionStore
{
    /// <summary>The command is for display and comes from the user: it must not decide the size of the store.</summary>
    private const int MaxCommandLength = 256;

    /// <summary>Old rows are looked for at start, and then once per that many ends.</summary>
    private const int EndsPerPruning = 128;

    private readonly FileLock _lock;
    private readonly SqliteWriter _writer;
    private readonly SqliteConnection _reading;
    private readonly SemaphoreSlim _reader = new(1, 1);
    private readonly TimeProvider _clock;
    private readonly StoreRetention _retention;
    private readonly string _file;
    private int _endsSincePruning;
    private int _isDisposed;

    private SqliteStore(string file, FileLock @lock, SqliteConnection writing, SqliteConnection reading, TimeProvider clock, StoreRetention retention)
    {
        _file = file;
        _lock = @lock;
        _writer = new SqliteWriter(writing, file);
        _reading = reading;
        _clock = clock;
        _retention = retention;
    }

    /// <summary>Opens the store, made when there is none, and brings its schema up to date.</summary>
    /// <exception cref="StartRefusedException">In use by another broker, damaged, from a newer one, or not to be written.</exception>
    public static SqliteStore Open(string file, TimeProvider clock, StoreRetention? retention = null)
    {
        MakePrivate(file);
        FileLock @lock = FileLock.Take(file + ".lock", $"store {file}", "stop that one, or name another file by --store");
        SqliteConnection? writing = null;
        try
        {
            writing = Connect(file, SqliteOpenMode.ReadWrite);
            Prepare(writing, file);
            return new SqliteStore(file, @lock, writing, Connect(file, SqliteOpenMode.ReadOnly), clock, retention ?? StoreRetention.Default);
        }
        catch (Exception e)
        {
            writing?.Dispose();
            @lock.Dispose();
            if (e is SqliteException s) { throw new StartRefusedException(SqliteErrors.Describe(file, s), s); }
            throw;
        }
    }

    public Task<SessionGrant> CreateSessionAsync(NewSession session, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection =>
        {
            string id = DrawId(connection);
            long epoch = Epoch.After(0, _clock);
            string command = session.Command.Length <= MaxCommandLength ? session.Command : session.Command[..MaxCommandLength];
            connection.Execute(
                "INSERT INTO session (id, created_ms, owner_uid, node, epoch, command) VALUES (@id, @now, @OwnerUid, @Node, @epoch, @command)",
                new { id, now = NowMs(), session.OwnerUid, session.Node, epoch, command });
            if (session.FirstChannel is null) { return new SessionGrant(id, 0, epoch); }
            Insert(connection, new SealContext(id, ChannelId: 1, epoch), session.FirstChannel);
            return new SessionGrant(id, 1, epoch);
        },
        cancellationToken);

    public Task<EpochDraw> DrawEpochAsync(string sessionId, int channelId, long heldEpoch, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection =>
        {
            Fence fence = Check(connection, sessionId, heldEpoch);
            if (fence.Outcome != FencedOutcome.Done || fence.HasEnded) { return new EpochDraw(fence.OutcomeForLive, fence.Epoch); }
            long epoch = Epoch.After(heldEpoch, _clock);
            int drawn = connection.Execute(
                "UPDATE channel SET epoch = @epoch WHERE session_id = @sessionId AND id = @channelId AND ended_ms IS NULL",
                new { epoch, sessionId, channelId });
            if (drawn == 0) { return new EpochDraw(FencedOutcome.Gone, heldEpoch); }
            connection.Execute("UPDATE session SET epoch = @epoch WHERE id = @sessionId", new { epoch, sessionId });
            return new EpochDraw(FencedOutcome.Done, epoch);
        },
        cancellationToken);

    public Task<ChannelGrant> AddChannelAsync(string sessionId, long heldEpoch, NewChannel channel, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection =>
        {
            Fence fence = Check(connection, sessionId, heldEpoch);
            if (fence.Outcome != FencedOutcome.Done || fence.HasEnded) { return new ChannelGrant(fence.OutcomeForLive, 0); }
            int id = connection.ExecuteScalar<int>("SELECT coalesce(max(id), 0) + 1 FROM channel WHERE session_id = @sessionId", new { sessionId });
            Insert(connection, new SealContext(sessionId, id, heldEpoch), channel);
            return new ChannelGrant(FencedOutcome.Done, id);
        },
        cancellationToken);

    public Task<FencedOutcome> RecordBlocksAsync(string sessionId, int channelId, long heldEpoch, long blocks, CancellationToken cancellationToken) =>
        _writer.WriteAsync(
            connection =>
            {
                Fence fence = Check(connection, sessionId, heldEpoch);
                if (fence.Outcome != FencedOutcome.Done || fence.HasEnded) { return fence.OutcomeForLive; }
                int found = connection.Execute(
                    "UPDATE channel SET blocks = max(blocks, @blocks) WHERE session_id = @sessionId AND id = @channelId AND ended_ms IS NULL",
                    new { blocks, sessionId, channelId });
                return found > 0 ? FencedOutcome.Done : FencedOutcome.Gone;
            },
            cancellationToken);

    public Task<FencedOutcome> EndChannelAsync(string sessionId, int channelId, long heldEpoch, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection =>
        {
            Fence fence = Check(connection, sessionId, heldEpoch);
            if (fence.Outcome != FencedOutcome.Done) { return fence.Outcome; }
            int found = connection.Execute(
                "UPDATE channel SET ended_ms = coalesce(ended_ms, @now), sealed_key = x'' WHERE session_id = @sessionId AND id = @channelId",
                new { now = NowMs(), sessionId, channelId });
            return found > 0 ? FencedOutcome.Done : FencedOutcome.Gone;
        },
        cancellationToken);

    public Task<FencedOutcome> EndSessionAsync(string sessionId, long heldEpoch, SessionEndReason reason, CancellationToken cancellationToken) =>
        _writer.WriteAsync(
            connection =>
            {
                Fence fence = Check(connection, sessionId, heldEpoch);
                if (fence.Outcome != FencedOutcome.Done || fence.HasEnded) { return fence.Outcome; }
                connection.Execute(
                    "UPDATE session SET ended_ms = @now, end_reason = @reason WHERE id = @sessionId",
                    new { now = NowMs(), reason = reason.ToName(), sessionId });
                EndChannels(connection, [sessionId]);
                if (++_endsSincePruning >= EndsPerPruning) { Prune(connection); }
                return FencedOutcome.Done;
            },
            cancellationToken);

    public Task<int> EndLeftoversAsync(string node, CancellationToken cancellationToken) => _writer.WriteAsync(
        connection =>
        {
            (string Id, long Epoch)[] left =
                [.. connection.Query<(string, long)>("SELECT id, epoch FROM session WHERE node = @node AND ended_ms IS NULL", new { node })];
            foreach ((string id, long epoch) in left)
            {
                connection.Execute(
                    "UPDATE session SET epoch = @epoch, ended_ms = @now, end_reason = @reason WHERE id = @id",
                    new { epoch = Epoch.After(epoch, _clock), now = NowMs(), reason = SessionEndReason.BackendLost.ToName(), id });
            }

            foreach ((string id, long _) in left) { KeepLeftovers(connection, id); }
            EndChannels(connection, left.Select(session => session.Id));
            Prune(connection);
            return left.Length;
        },
        cancellationToken);

    public async Task<IReadOnlyList<SessionRow>> ClaimLeftoversAsync(string node, CancellationToken cancellationToken)
    {
        await _writer.WriteAsync(
            connection =>
            {
                (string Id, long Epoch)[] left =
                    [.. connection.Query<(string, long)>("SELECT id, epoch FROM session WHERE node = @node AND ended_ms IS NULL", new { node })];
                foreach ((string id, long held) in left)
                {
                    long epoch = Epoch.After(held, _clock);
                    connection.Execute("UPDATE session SET epoch = @epoch WHERE id = @id", new { epoch, id });
                    connection.Execute("UPDATE channel SET epoch = @epoch WHERE session_id = @id AND ended_ms IS NULL", new { epoch, id });
                }

                Prune(connection);
                return left.Length;
            },
            cancellationToken);
        return await ReadAsync("node = @node AND ended_ms IS NULL", new { node }, cancellationToken);
    }

    public Task<int> PruneAsync(CancellationToken cancellationToken) => _writer.WriteAsync(Prune, cancellationToken);

    public Task<IReadOnlyList<SessionRow>> ListAsync(bool includeEnded, CancellationToken cancellationToken) =>
        ReadAsync("@includeEnded OR ended_ms IS NULL", new { includeEnded }, cancellationToken);

    public async Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancellationToken) =>
        (await ReadAsync("id = @sessionId", new { sessionId }, cancellationToken)).SingleOrDefault();

    /// <summary>Commits what is queued, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) { return; }
        await Task.Run(_writer.Dispose);
        await _reader.WaitAsync();
        _reading.Dispose();
        _reader.Dispose();
        _lock.Dispose();
    }

    // SQLite gives its companions (-wal, -shm) the mode of the file itself, and would make that by the umask.
    private static void MakePrivate(string file)
    {
        try
        {
            FileStreamOptions options = new()
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using FileStream stream = new(file, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException(
                $"store {file}: {OneLine.Of(e)}: let the broker's user read and write it and its folder, or name another by --store", e);
        }
    }

    private static SqliteConnection Connect(string file, SqliteOpenMode mode)
    {
        SqliteConnectionStringBuilder builder = new() { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 5, ForeignKeys = true };
        SqliteConnection connection = new(builder.ConnectionString);
        connection.Open();
        return connection;
    }

    private static void Prepare(SqliteConnection connection, string file)
    {
        // Full: a commit that a power cut takes back could hand out an epoch twice. Secure delete: ended keys leave no trace in free pages.
        string? mode = connection.ExecuteScalar<string>("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
        if (mode != "wal")
        {
            throw new StartRefusedException($"store {file}: its file system cannot hold a write-ahead log: name a file on a local disk by --store");
        }

        SqliteSchema.Migrate(connection, file);
        if (connection.ExecuteScalar<string>("PRAGMA quick_check(1)") != "ok")
        {
            throw new StartRefusedException($"store {file} is damaged: restore it from a backup, or move it away to start with an empty one");
        }
    }

    private static string DrawId(SqliteConnection connection)
    {
        string id;
        do
        {
            id = RandomNumberGenerator.GetHexString(8, lowercase: true);
        }
        while (connection.ExecuteScalar<long>("SELECT count(*) FROM session WHERE id = @id", new { id }) > 0);

        return id;
    }

    private static void Insert(SqliteConnection connection, SealContext context, NewChannel channel) => connection.Execute(
        "INSERT INTO channel (session_id, id, port, epoch, sealed_key, sealed_epoch) VALUES (@SessionId, @ChannelId, @Port, @Epoch, @key, @Epoch)",
        new { context.SessionId, context.ChannelId, channel.Port, context.Epoch, key = channel.Seal(context) });

    private static Fence Check(SqliteConnection connection, string sessionId, long heldEpoch)
    {
        (long Epoch, bool HasEnded)? found =
            connection.Query<(long, bool)?>("SELECT epoch, ended_ms IS NOT NULL FROM session WHERE id = @sessionId", new { sessionId }).SingleOrDefault();
        return found is not { } row ? new Fence(FencedOutcome.Gone, 0, HasEnded: true)
            : new Fence(row.Epoch == heldEpoch ? FencedOutcome.Done : FencedOutcome.Stale, row.Epoch, row.HasEnded);
    }

    private static DateTimeOffset FromMs(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static DateTimeOffset? FromMs(long? ms) => ms is { } value ? FromMs(value) : null;

    private void EndChannels(SqliteConnection connection, IEnumerable<string> sessions)
    {
        long now = NowMs();
        foreach (string id in sessions)
        {
            connection.Execute("UPDATE channel SET ended_ms = coalesce(ended_ms, @now), sealed_key = x'' WHERE session_id = @id", new { now, id });
        }
    }

    private int Prune(SqliteConnection connection)
    {
        _endsSincePruning = 0;
        long before = (_clock.GetUtcNow() - _retention.Age).ToUnixTimeMilliseconds();
        return connection.Execute("DELETE FROM session WHERE ended_ms < @before", new { before })
            + connection.Execute(
                "DELETE FROM session WHERE id IN (SELECT id FROM session WHERE ended_ms IS NOT NULL ORDER BY ended_ms DESC, id LIMIT -1 OFFSET @Rows)",
                new { _retention.Rows });
    }

    private Task<IReadOnlyList<SessionRow>> ReadAsync(string condition, object parameters, CancellationToken cancellationToken) =>
        ReadAsync<SessionRow>(() => Read(condition, parameters), cancellationToken);

    private async Task<IReadOnlyList<T>> ReadAsync<T>(Func<IReadOnlyList<T>> body, CancellationToken cancellationToken)
    {
        await _reader.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(body, cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException(SqliteErrors.Describe(_file, e), e);
        }
        finally
        {
            _reader.Release();
        }
    }

    private List<SessionRow> Read(string condition, object parameters)
    {
        // One statement, so that a session and its channels are of the same moment.
        string sql = string.Create(CultureInfo.InvariantCulture, $"""
            SELECT s.id, s.created_ms, s.owner_uid, s.node, s.epoch, s.command, s.end_reason, s.ended_ms,
                   c.id, c.port, c.epoch, c.sealed_key, c.sealed_epoch, c.blocks, c.ended_ms
            FROM (SELECT * FROM session WHERE {condition}) s LEFT JOIN channel c ON c.session_id = s.id
            ORDER BY s.created_ms, s.id, c.id
            """);
        List<SessionRow> sessions = [];
        List<ChannelRow> channels = [];
        using DbDataReader row = (DbDataReader)_reading.ExecuteReader(sql, parameters);
        while (row.Read())
        {
            string id = row.GetString(0);
            if (sessions.Count == 0 || sessions[^1].Id != id)
            {
                channels = [];
                SessionEndReason? reason = row.IsDBNull(6) ? null : SessionEndReasonNames.Parse(row.GetString(6));
                sessions.Add(new SessionRow(
                    id, FromMs(row.GetInt64(1)), (uint)row.GetInt64(2), row.GetString(3), row.GetInt64(4), row.GetString(5), reason, MsOrNull(row, 7), channels));
            }

            if (row.IsDBNull(8)) { continue; }
            channels.Add(new ChannelRow(
                row.GetInt32(8), row.GetInt32(9), row.GetInt64(10), row.GetFieldValue<byte[]>(11), row.GetInt64(12), row.GetInt64(13), MsOrNull(row, 14)));
        }

        return sessions;
    }

    private static DateTimeOffset? MsOrNull(DbDataReader row, int column) => FromMs(row.IsDBNull(column) ? null : row.GetInt64(column));

    private long NowMs() => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private readonly record struct Fence(FencedOutcome Outcome, long Epoch, bool HasEnded)
    {
        // A stale owner is told so first: that the session has ended since is the business of its new owner.
        public FencedOutcome OutcomeForLive => Outcome == FencedOutcome.Done && HasEnded ? FencedOutcome.Gone : Outcome;
    }
}
