using System.Collections.Concurrent;
using System.Text;
using MoshBroker.Cluster;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Cluster;

public sealed class ScreenWriterTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private readonly KeySealer _sealer;
    private readonly SqliteStore _store;
    private readonly ConcurrentDictionary<string, (long Epoch, string Text)> _sessions = new(StringComparer.Ordinal);

    public ScreenWriterTests()
    {
        _sealer = new KeySealer(MasterKeys.Load(_folder.Path, path: null));
        _store = SqliteStore.Open(Path.Combine(_folder.Path, "sessions.db"), TimeProvider.System);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _store.DisposeAsync();
        _sealer.Dispose();
        _folder.Dispose();
    }

    private ScreenWriter Writer(IScreenStore? store = null) => new(
        store ?? _store,
        _sealer,
        id => _sessions.TryGetValue(id, out (long Epoch, string Text) session) ? (session.Epoch, Encoding.UTF8.GetBytes(session.Text)) : null,
        TimeProvider.System);

    private async Task<string> CreateAsync(string text)
    {
        SessionGrant grant = await _store.CreateSessionAsync(new NewSession(1, "a", "sh", FirstChannel: null), default);
        _sessions[grant.SessionId] = (grant.Epoch, text);
        return grant.SessionId;
    }

    private async Task<string?> StoredAsync(string id) =>
        await _store.LoadScreensAsync([id], default) is [var row] ? Encoding.UTF8.GetString(ScreenWriter.TryRead(_sealer, row)!) : null;

    [Fact]
    public async Task What_changed_is_stored_compressed_and_sealed_and_nothing_else_is()
    {
        string blank = new(' ', 80 * 24);
        string one = await CreateAsync("the screen of one" + blank);
        string quiet = await CreateAsync("unchanged");
        await using ScreenWriter writer = Writer();
        writer.OnChanged(one);
        writer.OnChanged("00000000"); // Ended meanwhile.
        await writer.FlushAsync(default);

        Assert.Equal("the screen of one" + blank, await StoredAsync(one));
        Assert.Null(await StoredAsync(quiet));
        ScreenRow row = Assert.Single(await _store.LoadScreensAsync([one], default));
        Assert.InRange(row.Sealed.Length, 1, 200);
        Assert.True(row.Sealed.AsSpan().IndexOf("screen"u8) < 0);
        Assert.Null(ScreenWriter.TryRead(_sealer, row with { Epoch = row.Epoch + 1 }));
    }

    [Fact]
    public async Task A_session_that_changes_all_the_time_is_written_about_once_a_second_and_its_last_state_is_there()
    {
        string id = await CreateAsync("0");
        CountingStore counting = new(_store);
        await using ScreenWriter writer = Writer(counting);
        writer.Start();
        long began = Environment.TickCount64;
        for (int i = 1; Environment.TickCount64 - began < 2500; i++)
        {
            _sessions[id] = (_sessions[id].Epoch, $"{i}");
            writer.OnChanged(id);
            await Task.Yield();
        }

        double seconds = (Environment.TickCount64 - began) / 1000.0;
        Assert.InRange(counting.Batches, 1, 1 + (int)seconds + 1);
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        while (await StoredAsync(id) != _sessions[id].Text) { await Task.Delay(20, limit.Token); }
        int settled = counting.Batches;
        await writer.FlushAsync(default);
        Assert.Equal(settled, counting.Batches);
    }

    [Fact]
    public async Task What_could_not_be_stored_is_told_and_stored_when_the_store_is_back()
    {
        string id = await CreateAsync("precious");
        CountingStore failing = new(_store) { IsLost = true };
        TaskCompletionSource<string?> behind = new();
        TaskCompletionSource regained = new();
        await using ScreenWriter writer = Writer(failing);
        writer.BehindChanged = reason =>
        {
            if (reason is null) { regained.SetResult(); } else { behind.SetResult(reason); }
        };
        writer.Start();
        writer.OnChanged(id);
        Assert.Equal("gone", await behind.Task.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(writer.IsBehind);
        failing.IsLost = false;

        await regained.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("precious", await StoredAsync(id));
    }

    [Fact]
    public async Task A_session_that_is_somebody_elses_is_told_and_its_screen_is_not_overwritten()
    {
        string id = await CreateAsync("mine");
        await using ScreenWriter writer = Writer();
        List<string> lost = [];
        writer.Lost = lost.Add;
        writer.OnChanged(id);
        await writer.FlushAsync(default);
        await _store.ClaimLeftoversAsync(new NodeIncarnation("a", 0), default);
        _sessions[id] = (_sessions[id].Epoch, "late");
        writer.OnChanged(id);
        await writer.FlushAsync(default);

        Assert.Equal([id], lost);
        Assert.Equal("mine", await StoredAsync(id));
    }

    private sealed class CountingStore(IScreenStore store) : IScreenStore
    {
        public int Batches { get; private set; }

        public bool IsLost { get; set; }

        public Task<IReadOnlyList<FencedOutcome>> SaveScreensAsync(IReadOnlyList<ScreenRow> screens, CancellationToken cancellationToken)
        {
            if (IsLost) { return Task.FromException<IReadOnlyList<FencedOutcome>>(new StoreUnavailableException("gone")); }
            Batches++;
            return store.SaveScreensAsync(screens, cancellationToken);
        }

        public Task<IReadOnlyList<ScreenRow>> LoadScreensAsync(IReadOnlyList<string> sessions, CancellationToken cancellationToken) => store.LoadScreensAsync(sessions, cancellationToken);
    }
}
