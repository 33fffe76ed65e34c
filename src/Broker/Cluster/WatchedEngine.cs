namespace MoshBroker.Cluster;

/// <summary>An engine whose answers and failures are noted.</summary>
internal sealed class WatchedEngine : ISqlEngine
{
    private readonly ISqlEngine _engine;

    public WatchedEngine(ISqlEngine engine, TimeSpan grace, TimeProvider time)
    {
        _engine = engine;
        Health = new StoreHealth(isLost => ProbeAsync(isLost, CancellationToken.None), grace, time);
    }

    public StoreHealth Health { get; }

    public Task<T> WriteAsync<T>(StoreLane lane, Func<StoreTransaction, T> body, CancellationToken cancellationToken) => NoteAsync(_engine.WriteAsync(lane, body, cancellationToken));

    public Task<T> ReadAsync<T>(Func<StoreTransaction, T> body, CancellationToken cancellationToken) => NoteAsync(_engine.ReadAsync(body, cancellationToken));

    public Task<bool> ProbeAsync(bool isLost, CancellationToken cancellationToken) => NoteAsync(_engine.ProbeAsync(isLost, cancellationToken));

    public IAsyncEnumerable<StoreChange> WatchAsync(CancellationToken cancellationToken) => _engine.WatchAsync(cancellationToken);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    private async Task<T> NoteAsync<T>(Task<T> operation)
    {
        try
        {
            T result = await operation;
            Health.OnAnswered();
            return result;
        }
        catch (StoreUnavailableException e) when (e.IsOfStore)
        {
            Health.OnFailed(e.Message);
            throw;
        }
    }
}
