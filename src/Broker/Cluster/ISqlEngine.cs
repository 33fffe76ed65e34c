namespace MoshBroker.Cluster;

/// <summary>Runs operations on a database, each in a transaction of its own or together with others.</summary>
internal interface ISqlEngine : IAsyncDisposable
{
    /// <summary>Completes after the commit; what the operation noted in <see cref="StoreTransaction.Changes"/> is told then.</summary>
    Task<T> WriteAsync<T>(StoreLane lane, Func<StoreTransaction, T> body, CancellationToken cancellationToken);

    /// <summary>Sees the last commit.</summary>
    Task<T> ReadAsync<T>(Func<StoreTransaction, T> body, CancellationToken cancellationToken);

    /// <summary>Fails as any operation would, where the store is lost; changes nothing.</summary>
    /// <param name="isLost">True to make sure that it can be written again.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    Task<bool> ProbeAsync(bool isLost, CancellationToken cancellationToken);

    /// <summary>See <see cref="INodeStore.WatchAsync"/>.</summary>
    IAsyncEnumerable<StoreChange> WatchAsync(CancellationToken cancellationToken);
}
