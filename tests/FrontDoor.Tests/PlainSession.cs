using System.Diagnostics;
using System.Text;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>A plain ssh with a terminal at the far end and pipes at ours: light enough to have fifty of.</summary>
internal sealed class PlainSession : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly StringBuilder _output = new();
    private readonly Process _process;
    private readonly Task _reading;

    private PlainSession(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>All that came so far, with what ssh itself said.</summary>
    public string Output
    {
        get { lock (_output) { return _output.ToString(); } }
    }

    /// <param name="ssh">The client's words, with the target among them.</param>
    public static PlainSession Start(IReadOnlyList<string> ssh, SessionHome home) => new(Command.Start(ssh, home.Environment));

    /// <summary>Starts it and waits for the shell's first prompt.</summary>
    public static async Task<PlainSession> StartAsync(FrontDoorFixture door, TestKey key, string target)
    {
        PlainSession session = Start([.. door.Ssh(key), "-tt", "root@127.0.0.1", target], door.Home);
        await session.WaitForAsync("p1>");
        return session;
    }

    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    public Task WaitForAsync(string text) =>
        Eventually.TrueAsync(() => Task.FromResult(Output.Contains(text, StringComparison.Ordinal)), $"'{text}' comes", Patience, () => Output);

    public async Task<int> WaitForEndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await _reading.WaitAsync(Patience);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) { _process.Kill(); }
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader from)
    {
        char[] buffer = new char[4096];
        while (await from.ReadAsync(buffer) is > 0 and int count)
        {
            lock (_output) { _output.Append(buffer, 0, count); }
        }
    }
}
