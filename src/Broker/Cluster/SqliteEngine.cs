using Dapper;
using Microsoft.Data.Sqlite;

namespace MoshBroker.Cluster;

/// <summary>One SQLite file: written by one thread, in groups, and read on a second connection.</summary>
internal sealed class SqliteEngine(string file, FileLock @lock, SqliteConnection writing, SqliteConnection reading, TimeProvider clock) : ISqlEngine
{
    private readonly SqliteWriter _writer = new(writing, file);
    private readonly SemaphoreSlim _reader = new(1, 1);
    private readonly ChangeFanOut _changes = new();

    // One thread writes whatever the lane: a group of operations costs as much as one.
    public async Task<T> WriteAsync<T>(StoreLane lane, Func<StoreTransaction, T> body, CancellationToken cancellationToken)
    {
        (T result, List<StoreChange> changes) = await _writer.WriteAsync(
            connection =>
            {
                StoreTransaction transaction = new(connection, SqlDialect.Sqlite, _ => clock.GetUtcNow());
                return (body(transaction), transaction.Changes);
            },
            cancellationToken);
        foreach (StoreChange change in changes) { _changes.Tell(change); }
        return result;
    }

    public async Task<T> ReadAsync<T>(Func<StoreTransaction, T> body, CancellationToken cancellationToken)
    {
        await _reader.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => body(new StoreTransaction(reading, SqlDialect.Sqlite, _ => clock.GetUtcNow())), cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new StoreUnavailableException(SqliteErrors.Describe(file, e), e);
        }
        finally
        {
            _reader.Release();
        }
    }

    public async Task<bool> ProbeAsync(bool isLost, CancellationToken cancellationToken)
    {
        // SQLite writes on to a file that was removed, and all of it is gone with the process.
        if (!File.Exists(file)) { throw new StoreUnavailableException($"store {file} was removed: restart the broker, which makes a new one, or restore it from a backup"); }
        if (!isLost) { return true; }

        // Written as it is, so that a disk that is full says so.
        return await _writer.WriteAsync(connection => connection.Execute($"PRAGMA user_version = {SqliteSchema.Latest}") >= 0 || true, cancellationToken);
    }

    public IAsyncEnumerable<StoreChange> WatchAsync(CancellationToken cancellationToken) => _changes.WatchAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Task.Run(_writer.Dispose);
        await _reader.WaitAsync();
        reading.Dispose();
        _reader.Dispose();
        @lock.Dispose();
    }
}
