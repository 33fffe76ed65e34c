namespace MoshBroker.Cluster;

/// <summary>Whether the store can be used, by what came of the last operations; asked for by probes, it asks the store itself when nothing else did lately.</summary>
/// <remarks>
/// What is lost is told only after a grace: sessions that live go on without a store, and whoever is not ready may get no datagrams any more.
/// </remarks>
internal sealed class StoreHealth(Func<bool, Task> probe, TimeSpan grace, TimeProvider time)
{
    private static readonly TimeSpan WhenWell = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WhenLost = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private long _asked = time.GetTimestamp();
    private long? _lostAt;
    private string _reason = "";

    /// <summary>Told when it is lost, with the reason, and with null when it is back.</summary>
    public Action<string?>? Changed { get; set; }

    public bool IsLost
    {
        get
        {
            lock (_lock) { return _lostAt is not null; }
        }
    }

    /// <summary>Null when new sessions can be kept.</summary>
    public string? NotReadyBecause
    {
        get
        {
            AskIfDue();
            lock (_lock) { return _lostAt is { } since && time.GetElapsedTime(since) >= grace ? _reason : null; }
        }
    }

    public void OnAnswered()
    {
        lock (_lock)
        {
            _asked = time.GetTimestamp();
            if (_lostAt is null) { return; }
            _lostAt = null;
        }

        Changed?.Invoke(null);
    }

    public void OnFailed(string reason)
    {
        lock (_lock)
        {
            _asked = time.GetTimestamp();
            _reason = reason;
            if (_lostAt is not null) { return; }
            _lostAt = time.GetTimestamp();
        }

        Changed?.Invoke(reason);
    }

    private void AskIfDue()
    {
        bool isLost;
        lock (_lock)
        {
            isLost = _lostAt is not null;
            if (time.GetElapsedTime(_asked) < (isLost ? WhenLost : WhenWell)) { return; }
            _asked = time.GetTimestamp();
        }

        _ = AskAsync(isLost);
    }

    private async Task AskAsync(bool isLost)
    {
        try
        {
            await probe(isLost);
        }
        catch (StoreUnavailableException e)
        {
            OnFailed(e.Message); // It may never have come to an operation.
        }
    }
}
