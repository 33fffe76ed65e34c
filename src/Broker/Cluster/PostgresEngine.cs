using System.Data;
using Dapper;
using MoshBroker.Configuration;
using Npgsql;

namespace MoshBroker.Cluster;

/// <summary>Runs operations on PostgreSQL: three lanes that do not wait for each other, one connection for reading, and one that listens.</summary>
internal sealed class PostgresEngine : ISqlEngine
{
    /// <summary>So many a node takes at most.</summary>
    public const int Connections = SessionLanes + 4;

    private const int SessionLanes = 2;
    private static readonly TimeSpan ListenAgain = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(30);

    private readonly string _connectionString;
    private readonly TimeProvider? _clock;
    private readonly ChangeFanOut _changes = new();
    private readonly PostgresLane _lease;
    private readonly PostgresLane[] _sessions;
    private readonly PostgresLane _bulk;
    private readonly PostgresLane _reading;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _listening = new();
    private Task? _listener;
    private int _next;

    /// <param name="at">Where it is.</param>
    /// <param name="node">Named in the server's list of connections.</param>
    /// <param name="clock">Null for the store's own, which all nodes have in common; tests bring one that they can set.</param>
    public PostgresEngine(StoreAddress.Postgres at, string node, TimeProvider? clock)
    {
        At = at;
        _clock = clock;
        _connectionString = Complete(at.ConnectionString, node);
        _lease = new PostgresLane(this, "store-lease");
        _sessions = [.. Enumerable.Range(0, SessionLanes).Select(_ => new PostgresLane(this, "store"))];
        _bulk = new PostgresLane(this, "store-bulk");
        _reading = new PostgresLane(this, "store-read");
    }

    public StoreAddress.Postgres At { get; }

    public Task<T> WriteAsync<T>(StoreLane lane, Func<StoreTransaction, T> body, CancellationToken cancellationToken) => (lane switch
    {
        StoreLane.Lease => _lease,
        StoreLane.Bulk => _bulk,
        _ => _sessions[(uint)Interlocked.Increment(ref _next) % SessionLanes],
    }).DoAsync(body, cancellationToken);

    public Task<T> ReadAsync<T>(Func<StoreTransaction, T> body, CancellationToken cancellationToken) => _reading.DoAsync(body, cancellationToken);

    public Task<bool> ProbeAsync(bool isLost, CancellationToken cancellationToken) => _lease.DoAsync(
        transaction => transaction.Execute(isLost ? "UPDATE cluster SET version = version" : "SELECT 1") != 0, cancellationToken);

    public IAsyncEnumerable<StoreChange> WatchAsync(CancellationToken cancellationToken)
    {
        lock (_listening) { _listener ??= Task.Run(ListenAsync, CancellationToken.None); }
        return _changes.WatchAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_listener is { } listener) { await listener; }
        await Task.Run(() =>
        {
            foreach (PostgresLane lane in (PostgresLane[])[.. _sessions, _bulk, _reading, _lease]) { lane.Dispose(); }
        });
        _stopping.Dispose();
    }

    /// <summary>The store's clock.</summary>
    internal DateTimeOffset Clock(IDbConnection connection) => _clock?.GetUtcNow()
        ?? DateTimeOffset.FromUnixTimeMilliseconds(connection.ExecuteScalar<long>("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"));

    /// <summary>A connection whose commits are safe.</summary>
    /// <exception cref="StoreUnavailableException">They would not be.</exception>
    internal NpgsqlConnection Connect()
    {
        NpgsqlConnection connection = new(_connectionString);
        try
        {
            connection.Open();
            RequireSafe(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Complete(string given, string node)
    {
        NpgsqlConnectionStringBuilder builder = new(given)
        {
            Pooling = false, // Lanes keep theirs.
            ApplicationName = $"moshbroker {node}",
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            CancellationTimeout = -1, // A server that does not answer does not answer that either.
            TcpKeepAlive = true,
        };
        NpgsqlConnectionStringBuilder said = new(given);
        if (!said.ContainsKey("Timeout")) { builder.Timeout = 3; }
        if (!said.ContainsKey("Command Timeout")) { builder.CommandTimeout = 5; }
        if (!said.ContainsKey("GSS Encryption Mode")) { builder.GssEncryptionMode = GssEncryptionMode.Disable; }
        return builder.ConnectionString;
    }

    private void RequireSafe(NpgsqlConnection connection)
    {
        (string synchronous, string readOnly) = connection.QuerySingle<(string, string)>("SELECT current_setting('synchronous_commit'), current_setting('transaction_read_only')");
        if (readOnly == "on") { throw new StoreUnavailableException($"store {At} is read-only, a stand-by perhaps: name the primary by --store"); }

        // A commit that a crash takes back could hand out an epoch twice.
        if (synchronous == "off")
        {
            throw new StoreUnavailableException(
                $"store {At} has synchronous_commit = off, and a crash would take back what it said was done: set it to on for the broker's user (ALTER ROLE … SET synchronous_commit = on)");
        }
    }

    private async Task ListenAsync()
    {
        CancellationToken stopping = _stopping.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using NpgsqlConnection connection = new(_connectionString);
                await connection.OpenAsync(stopping);
                connection.Notification += OnNotice;
                await PostgresNotice.ListenAsync(connection, stopping);

                // What happened before this line, and after the connection before it was lost, nobody told.
                _changes.Tell(new StoreChange.Resync());
                while (true)
                {
                    if (!await connection.WaitAsync(SignOfLife, stopping)) { await connection.ExecuteAsync(new CommandDefinition("SELECT 1", cancellationToken: stopping)); }
                }
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException or OperationCanceledException)
            {
                await Task.Delay(ListenAgain, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void OnNotice(object sender, NpgsqlNotificationEventArgs notice)
    {
        if (PostgresNotice.Parse(notice.Payload) is { } change) { _changes.Tell(change); }
    }
}
