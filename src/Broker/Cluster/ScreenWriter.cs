using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Compression;

namespace MoshBroker.Cluster;

/// <summary>
/// Keeps the last state of each session in the store, for the node that takes it over: what changed, at most once a second, in batches, compressed and sealed. The
/// last change before a session goes quiet is among them; a quiet session costs nothing.
/// </summary>
/// <param name="store">Where to.</param>
/// <param name="sealer">What it is sealed with.</param>
/// <param name="read">A session's state at this moment, and the epoch that is held; null when it has ended. Called on the writer's task.</param>
/// <param name="time">The clock.</param>
internal sealed class ScreenWriter(IScreenStore store, KeySealer sealer, Func<string, (long Epoch, ReadOnlyMemory<byte> State)?> read, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Bounds what stands in memory, and how long rows stay locked.</summary>
    private const int BatchSize = 64;

    /// <summary>Fast and good enough: a terminal's state is mostly blanks.</summary>
    private const int Quality = 2;
    private const int Window = 18;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, byte> _changed = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private Task? _running;

    /// <summary>Called with the reason when states cannot be stored (a node's loss would cost what was not), and with null when all are again.</summary>
    public Action<string?>? BehindChanged { get; set; }

    /// <summary>Called with a session that the store says is somebody else's.</summary>
    public Action<string>? Lost { get; set; }

    /// <summary>True while states that changed could not be stored.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Begins to write.</summary>
    public void Start() => _running ??= Task.Run(RunAsync, CancellationToken.None);

    /// <summary>Something of the session's changed. From any thread; allocates nothing for one that has been told of already.</summary>
    public void OnChanged(string sessionId)
    {
        if (_changed.TryAdd(sessionId, 0) && _wake.CurrentCount == 0)
        {
            try
            {
                _wake.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else woke it.
            }
        }
    }

    /// <summary>Writes what has changed so far.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        foreach (string[] batch in _changed.Keys.Chunk(BatchSize))
        {
            List<ScreenRow> rows = new(batch.Length);
            foreach (string session in batch)
            {
                // Before it is read: a change in between is written again a second later, and none is missed.
                _changed.TryRemove(session, out _);
                if (read(session) is { } found) { rows.Add(new ScreenRow(session, found.Epoch, time.GetUtcNow(), Seal(session, found.Epoch, found.State.Span))); }
            }

            if (rows.Count > 0) { await SaveAsync(rows, cancellationToken); }
        }

        Tell(null);
    }

    /// <summary>What <see cref="FlushAsync"/> stored; null when it does not open.</summary>
    public static byte[]? TryRead(KeySealer sealer, ScreenRow row)
    {
        if (sealer.TryOpenScreen(row.SessionId, row.Epoch, row.Sealed) is not { } packed) { return null; }
        using MemoryStream plain = new();
        using (BrotliStream unpacking = new(new MemoryStream(packed), CompressionMode.Decompress)) { unpacking.CopyTo(plain); }
        return plain.ToArray();
    }

    /// <summary>Ends the writing; what changed last is written, if the store is there.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_running is not null) { await _running; }
        try
        {
            await FlushAsync(CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            // It was told when it was lost.
        }

        _stopping.Dispose();
        _wake.Dispose();
    }

    private byte[] Seal(string session, long epoch, ReadOnlySpan<byte> state)
    {
        byte[] packed = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(state.Length));
        try
        {
            return BrotliEncoder.TryCompress(state, packed, out int length, Quality, Window)
                ? sealer.SealScreen(session, epoch, packed.AsSpan(0, length))
                : throw new System.Diagnostics.UnreachableException();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(packed, clearArray: true);
        }
    }

    private async Task SaveAsync(List<ScreenRow> rows, CancellationToken cancellationToken)
    {
        IReadOnlyList<FencedOutcome> outcomes;
        try
        {
            outcomes = await store.SaveScreensAsync(rows, cancellationToken);
        }
        catch (Exception e) when (e is StoreUnavailableException or OperationCanceledException)
        {
            foreach (ScreenRow row in rows) { _changed.TryAdd(row.SessionId, 0); }
            throw;
        }

        for (int i = 0; i < rows.Count; i++)
        {
            if (outcomes[i] == FencedOutcome.Stale) { Lost?.Invoke(rows[i].SessionId); }
        }
    }

    private async Task RunAsync()
    {
        CancellationToken stopping = _stopping.Token;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                if (_changed.IsEmpty) { await _wake.WaitAsync(stopping); }
                await FlushAsync(stopping);
                await Task.Delay(Interval, time, stopping);
            }
            catch (StoreUnavailableException e)
            {
                Tell(e.Message);
                await Task.Delay(Interval, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void Tell(string? reason)
    {
        if (IsBehind == reason is not null) { return; }
        IsBehind = reason is not null;
        BehindChanged?.Invoke(reason);
    }
}
