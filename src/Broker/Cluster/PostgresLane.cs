using System.Collections.Concurrent;
using Npgsql;

namespace MoshBroker.Cluster;

/// <summary>A thread with a connection of its own, on which operations wait their turn; each is one transaction.</summary>
/// <remarks>Threads, not tasks: a store that does not answer must block nobody else's, and least of all those of the thread pool.</remarks>
internal sealed class PostgresLane : IDisposable
{
    private const int Tries = 3;

    /// <summary>A store that is away is not asked at once again by each operation that waits: they fail together.</summary>
    private static readonly TimeSpan[] Backoff = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1)];

    private readonly BlockingCollection<IOperation> _queue = [];
    private readonly PostgresEngine _engine;
    private readonly Thread _thread;
    private NpgsqlConnection? _connection;
    private StoreUnavailableException? _lastFailure;
    private long _failedAt;
    private int _failures;

    public PostgresLane(PostgresEngine engine, string name)
    {
        _engine = engine;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    private interface IOperation
    {
        bool TryBegin();

        IReadOnlyList<StoreChange> Run(StoreTransaction transaction);

        void Complete();

        void Fail(Exception e);
    }

    public Task<T> DoAsync<T>(Func<StoreTransaction, T> body, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) { return Task.FromCanceled<T>(cancellationToken); }
        Operation<T> operation = new(body, cancellationToken);
        try
        {
            _queue.Add(operation, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            return Task.FromException<T>(new StoreUnavailableException($"store {_engine.At} is closed"));
        }

        return operation.Task;
    }

    /// <summary>Does what is queued, then ends the thread and closes the connection.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted) { return; }
        _queue.CompleteAdding();
        _thread.Join();
        _connection?.Dispose();
        _queue.Dispose();
    }

    private void Run()
    {
        foreach (IOperation operation in _queue.GetConsumingEnumerable())
        {
            if (!operation.TryBegin()) { continue; }
            try
            {
                Do(operation);
            }
            catch (Exception e)
            {
                operation.Fail(e);
                continue;
            }

            operation.Complete();
        }
    }

    private void Do(IOperation operation)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Once(operation);
                return;
            }
            catch (PostgresException e) when (PostgresErrors.IsCollision(e) && attempt < Tries)
            {
                // The transaction has been rolled back whole, so it can be made again.
            }
            catch (Exception e) when (e is NpgsqlException or TimeoutException or IOException)
            {
                throw Unavailable(e);
            }
        }
    }

    private void Once(IOperation operation)
    {
        NpgsqlConnection connection = Connect();
        using NpgsqlTransaction transaction = connection.BeginTransaction();
        IReadOnlyList<StoreChange> changes = operation.Run(new StoreTransaction(connection, SqlDialect.Postgres, _engine.Clock));
        foreach (StoreChange change in changes) { PostgresNotice.Send(connection, change); }
        transaction.Commit();
        _failures = 0;
    }

    private NpgsqlConnection Connect()
    {
        if (_connection is { FullState: System.Data.ConnectionState.Open }) { return _connection; }
        _connection?.Dispose();
        _connection = null;

        // While the store is known to be away, whoever asks learns so at once.
        if (_lastFailure is { } failure && _failures > 0 && System.Diagnostics.Stopwatch.GetElapsedTime(_failedAt) < Backoff[Math.Min(_failures, Backoff.Length) - 1])
        {
            throw new StoreUnavailableException(failure.Message, failure);
        }

        return _connection = _engine.Connect();
    }

    private StoreUnavailableException Unavailable(Exception e)
    {
        bool isOfOneOperation = e is PostgresException p && PostgresErrors.IsOfOneOperation(p);
        StoreUnavailableException failure = new(PostgresErrors.Describe(_engine.At, e), e) { IsOfStore = !isOfOneOperation };
        if (isOfOneOperation) { return failure; }
        _failures++;
        _failedAt = System.Diagnostics.Stopwatch.GetTimestamp();
        _lastFailure = failure;
        _connection?.Dispose();
        _connection = null;
        return failure;
    }

    private sealed class Operation<T>(Func<StoreTransaction, T> body, CancellationToken cancellationToken) : IOperation
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Task => _done.Task;

        // Once begun it is carried through: whoever cancels then still learns what was committed.
        public bool TryBegin() => !cancellationToken.IsCancellationRequested || !_done.TrySetCanceled(cancellationToken);

        public IReadOnlyList<StoreChange> Run(StoreTransaction transaction)
        {
            _result = body(transaction);
            return transaction.Changes;
        }

        public void Complete() => _done.TrySetResult(_result!);

        public void Fail(Exception e) => _done.TrySetException(e);
    }
}
