using System.Threading.Channels;
using MoshBroker.Cluster;

namespace MoshBroker.Audit;

/// <summary>Writes events to the day's file and to the store, in order, by one task; callers never wait.</summary>
/// <remarks>
/// An event is in the file before it is in the store; after a crash in between, the store is brought up to the file. What cannot be
/// written waits, up to <see cref="MaxWaiting"/> events, and is tried again; beyond that events are counted, and the count is an event.
/// </remarks>
internal sealed class AuditTrail : IAuditTrail, IAsyncDisposable
{
    /// <summary>About 3 MB of events; at that point something is very wrong, and memory must not be the next thing to go.</summary>
    internal const int MaxWaiting = 10_000;

    private const int MaxBatch = 256;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);

    private readonly Channel<(DateTimeOffset At, AuditEvent Event)> _waiting = Channel.CreateBounded<(DateTimeOffset, AuditEvent)>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly AuditFolder _folder;
    private readonly IAuditStore _store;
    private readonly AuditLog _log;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _writing;
    private DateTimeOffset _pruned = DateTimeOffset.MinValue;
    private DateTimeOffset _newest;
    private long _number;
    private byte[] _hash;
    private long _leftOut;

    private AuditTrail(AuditFolder folder, IAuditStore store, AuditLog log, TimeProvider time, long number, byte[] hash, DateTimeOffset newest)
    {
        _folder = folder;
        _store = store;
        _log = log;
        _time = time;
        _number = number;
        _hash = hash;
        _newest = newest;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>How long events are kept; may be replaced at any time.</summary>
    public AuditRetention Retention { get; set; } = AuditRetention.Year;

    /// <summary>Opens the trail and goes on with its chain.</summary>
    /// <exception cref="Configuration.StartRefusedException">The folder cannot be written.</exception>
    public static async Task<AuditTrail> OpenAsync(string folder, IAuditStore store, AuditLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        AuditFolder files = AuditFolder.Open(folder);
        (long number, byte[] hash) = await store.AuditHeadAsync(cancellationToken);
        IReadOnlyList<AuditRecord> missing = files.After(number);
        await store.AppendAuditAsync(missing, cancellationToken);
        AuditRecord? last = missing is [.., AuditRecord newest] ? newest : files.Last();
        // Files that were moved away leave the store's number to go on from, so that none comes twice.
        return last is { } record && record.Number >= number
            ? new AuditTrail(files, store, log, time, record.Number, record.Hash, record.At)
            : new AuditTrail(files, store, log, time, number, hash, DateTimeOffset.MinValue);
    }

    public void Write(AuditEvent happened)
    {
        if (!_waiting.Writer.TryWrite((_time.GetUtcNow(), happened))) { Interlocked.Increment(ref _leftOut); }
    }

    /// <summary>Writes what waits, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        _stopping.CancelAfter(TimeSpan.FromSeconds(5)); // A disk that is full stays full.
        await _writing;
        _folder.Dispose();
        _stopping.Dispose();
    }

    private async Task WriteAsync()
    {
        List<AuditRecord> batch = new(MaxBatch);
        ChannelReader<(DateTimeOffset At, AuditEvent Event)> waiting = _waiting.Reader;
        while (await waiting.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && waiting.TryRead(out (DateTimeOffset At, AuditEvent Event) next)) { batch.Add(Chain(next.At, next.Event)); }
            if (Interlocked.Exchange(ref _leftOut, 0) is > 0 and var count)
            {
                _log.LeftOut(count);
                batch.Add(Chain(_time.GetUtcNow(), new AuditEvent(AuditEventName.Gap) { More = AuditEvent.Attribute("moshbroker.count", $"{count}") }));
            }

            if (!await KeepAsync(batch)) { return; }
        }
    }

    private AuditRecord Chain(DateTimeOffset at, AuditEvent happened)
    {
        // A clock that was set back must not put a line into yesterday's file after one of today's.
        if (at < _newest) { at = _newest; }
        _newest = at;
        AuditRecord record = AuditLine.Write(_number + 1, at, happened, _hash);
        _number = record.Number;
        _hash = record.Hash;
        return record;
    }

    /// <summary>Tries until it is done; false when the broker stops first.</summary>
    private async Task<bool> KeepAsync(List<AuditRecord> batch)
    {
        bool isInFile = false;
        bool hasFailed = false;
        while (true)
        {
            try
            {
                if (!isInFile) { _folder.Append(batch); }
                isInFile = true;
                await _store.AppendAuditAsync(batch, CancellationToken.None);
                if (hasFailed) { _log.WrittenAgain(batch.Count); }
                await PruneAsync();
                return true;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or StoreUnavailableException)
            {
                if (!hasFailed) { _log.WriteFailed(e.Message); }
                hasFailed = true;
                try
                {
                    await Task.Delay(RetryAfter, _time, _stopping.Token);
                }
                catch (OperationCanceledException)
                {
                    return false;
                }
            }
        }
    }

    private async Task PruneAsync()
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (now - _pruned < PruneEvery) { return; }
        _pruned = now;
        AuditRetention retention = Retention;
        string[] named = [.. retention.Tenants.Keys];
        foreach ((string tenant, TimeSpan kept) in retention.Tenants) { await _store.PruneAuditAsync(tenant, named, now - kept, CancellationToken.None); }
        await _store.PruneAuditAsync(null, named, now - retention.Default, CancellationToken.None);
        _folder.RemoveBefore(DateOnly.FromDateTime((now - retention.Longest).UtcDateTime));
    }
}
