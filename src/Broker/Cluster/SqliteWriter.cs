using System.Collections.Concurrent;
using Dapper;
using Microsoft.Data.Sqlite;

namespace MoshBroker.Cluster;

/// <summary>The only thread that writes to a store: takes what is queued, runs it in one transaction, and answers after the commit.</summary>
/// <remarks>
/// A synced commit costs about a millisecond however much it holds, and SQLite's async methods block their caller: hence one thread of
/// its own, and hence groups. An operation that fails by itself is rolled back alone; the others of its group are committed.
/// </remarks>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>Bounds the time that the first of a group waits for the last.</summary>
    private const int MaxGroup = 256;

    private readonly SqliteConnection _connection;
    private readonly string _file;
    private readonly BlockingCollection<Operation> _queue = [];
    private readonly Thread _thread;

    /// <param name="connection">Owned from here on, and used by the writer's thread only.</param>
    public SqliteWriter(SqliteConnection connection, string file)
    {
        _connection = connection;
        _file = file;
        _thread = new Thread(Run) { IsBackground = true, Name = "store" };
        _thread.Start();
    }

    /// <summary>Queues an operation; the task completes after the commit that holds it.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> body, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) { return Task.FromCanceled<T>(cancellationToken); }
        Operation<T> operation = new(body, cancellationToken);
        try
        {
            _queue.Add(operation, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            return Task.FromException<T>(new StoreUnavailableException($"store {_file} is closed"));
        }

        return operation.Task;
    }

    /// <summary>Commits what is queued, then ends the thread and closes the connection.</summary>
    public void Dispose()
    {
        if (_queue.IsAddingCompleted) { return; }
        _queue.CompleteAdding();
        _thread.Join();
        _connection.Dispose();
        _queue.Dispose();
    }

    private void Run()
    {
        List<Operation> group = new(MaxGroup);
        foreach (Operation first in _queue.GetConsumingEnumerable())
        {
            group.Add(first);
            while (group.Count < MaxGroup && _queue.TryTake(out Operation? next)) { group.Add(next); }
            Commit(group);
            group.Clear();
        }
    }

    private void Commit(List<Operation> group)
    {
        try
        {
            _connection.Execute("BEGIN IMMEDIATE");
            foreach (Operation operation in group) { RunOne(operation); }
            _connection.Execute("COMMIT");
        }
        catch (SqliteException e)
        {
            StoreUnavailableException failure = new(SqliteErrors.Describe(_file, e), e);
            RollBack();
            foreach (Operation operation in group) { operation.Fail(failure); }
            return;
        }

        foreach (Operation operation in group) { operation.Complete(); }
    }

    private void RunOne(Operation operation)
    {
        if (!operation.TryBegin()) { return; }
        _connection.Execute("SAVEPOINT operation");
        try
        {
            operation.Run(_connection);
        }
        catch (Exception e) when (e is not SqliteException sqlite || SqliteErrors.IsOfOneOperation(sqlite))
        {
            _connection.Execute("ROLLBACK TO operation");
            operation.Fail(e is SqliteException s ? new StoreUnavailableException(SqliteErrors.Describe(_file, s), s) : e);
        }

        _connection.Execute("RELEASE operation");
    }

    private void RollBack()
    {
        try
        {
            _connection.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolls back by itself on a full disk and on some I/O errors; then there is no transaction left to end.
        }
    }

    private abstract class Operation
    {
        public abstract bool TryBegin();

        public abstract void Run(SqliteConnection connection);

        public abstract void Complete();

        public abstract void Fail(Exception e);
    }

    private sealed class Operation<T>(Func<SqliteConnection, T> body, CancellationToken cancellationToken) : Operation
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? _result;

        public Task<T> Task => _done.Task;

        // Once begun it is carried through: whoever cancels then still learns what was committed.
        public override bool TryBegin() => !cancellationToken.IsCancellationRequested || !_done.TrySetCanceled(cancellationToken);

        public override void Run(SqliteConnection connection) => _result = body(connection);

        public override void Complete() => _done.TrySetResult(_result!);

        public override void Fail(Exception e) => _done.TrySetException(e);
    }
}
