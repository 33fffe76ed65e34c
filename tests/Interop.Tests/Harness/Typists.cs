using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Many stock clients with somebody at each who types counted tokens, and programs that write down what they get; each behind a relay that sees every number.</summary>
internal sealed class Typists : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Scratch _scratch = new();
    private readonly List<ImpairmentRelay> _relays = [];
    private Process _process = null!;

    private Typists(int count) => Count = count;

    public int Count { get; }

    public static async Task<Typists> StartAsync(RunningBroker broker, SessionHome home, int count, int intervalMs)
    {
        Typists all = new(count);
        List<string> lines = [];
        for (int i = 0; i < count; i++)
        {
            OpenedSession session = await broker.OpenAsync(home.Environment, ["/bin/sh", "-c", $"stty raw -echo; exec tee {all.File(i)}"]);
            ImpairmentRelay relay = new(session.On(IPAddress.Loopback));
            all._relays.Add(relay);
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{relay.Port} {session.Key}"));
        }

        string sessions = all._scratch.Write("sessions", string.Join('\n', lines) + "\n");
        all._process = Command.Start(
            ["/usr/bin/python3", Repository.Path("tests", "Interop.Tests", "scripts", "typists.py"), sessions, intervalMs.ToString(CultureInfo.InvariantCulture)], home.Environment);
        await Eventually.TrueAsync(() => Enumerable.Range(0, count).All(i => System.IO.File.Exists(all.File(i))), "all programs have begun", Patience);
        await all.AskAsync("begin");
        return all;
    }

    /// <summary>Sends a command of typists.py.</summary>
    public async Task<JsonElement> AskAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        await _process.StandardInput.FlushAsync();
        string? answer = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        using JsonDocument document = JsonDocument.Parse(answer ?? await _process.StandardError.ReadToEndAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Since the mark, how long it took each screen to change.</summary>
    public async Task<IReadOnlyList<double>> RecoveredAsync()
    {
        double[] first = [];
        await Eventually.TrueAsync(
            async () => (first = [.. (await AskAsync("report")).GetProperty("first").EnumerateArray().Where(time => time.ValueKind == JsonValueKind.Number).Select(time => time.GetDouble())]).Length == Count,
            "every screen changes again", Patience);
        return first;
    }

    /// <summary>No one types any more: every program has got each token once and in order, and no number was used twice.</summary>
    public async Task CheckAsync()
    {
        int[] typed = [.. (await AskAsync("stop")).GetProperty("typed").EnumerateArray().Select(tokens => tokens.GetInt32())];
        for (int i = 0; i < Count; i++)
        {
            string expected = string.Concat(Enumerable.Range(0, typed[i]).Select(number => number.ToString("D5", CultureInfo.InvariantCulture) + " "));
            await Eventually.TrueAsync(() => new FileInfo(File(i)).Length >= expected.Length, $"all keys of session {i} have arrived", Patience);
            Assert.Equal(expected, await System.IO.File.ReadAllTextAsync(File(i)));
            Assert.Empty(_relays[i].RepeatedNonces);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync().WaitAsync(Patience);
            _process.Dispose();
        }

        foreach (ImpairmentRelay relay in _relays) { relay.Dispose(); }
        _scratch.Dispose();
    }

    private string File(int session) => _scratch.File(session.ToString(CultureInfo.InvariantCulture));
}
