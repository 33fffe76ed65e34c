using System.Diagnostics;
using System.Net;
using System.Text;

namespace MoshBroker.FrontDoor.Tests;

/// <summary><c>eng/run</c>: one command that ends in your own mosh client connected.</summary>
public sealed class DevelopmentRunTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(4); // The first start of a checkout builds it.
    private readonly SessionHome _home = new();
    private readonly StringBuilder _output = new();
    private readonly int _ssh = FreeTcpPorts.One();
    private readonly int _http = FreeTcpPorts.One();
    private readonly string _ports = FreePorts.Range(50);
    private Process? _process;

    private string Output
    {
        get { lock (_output) { return _output.ToString(); } }
    }

    /// <summary>No locale at all, as in a container or a bare login.</summary>
    private Dictionary<string, string> Bare => _home.With(("LANG", null), ("SHELL", "/bin/bash"), ("DOTNET_CLI_HOME", _home.Path));

    private IReadOnlyList<string> Words =>
    [
        Repository.Path("eng", "run"), "--data", _home.File("data"), "--socket", _home.File("broker.sock"), "--ssh", $"127.0.0.1:{_ssh}",
        "--http", $"127.0.0.1:{_http}", "--ports", _ports,
    ];

    public void Dispose()
    {
        if (_process is { HasExited: false }) { _process.Kill(entireProcessTree: true); }
        _process?.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task It_prints_a_line_that_lands_in_a_shell_and_a_dashboard_and_stops_cleanly()
    {
        _process = Command.Start(Words, Bare);
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Eventually.TrueAsync(() => Task.FromResult(Output.Contains("Dashboard: ", StringComparison.Ordinal)), "the dashboard is printed", Long, () => Output);
        string[] lines = [.. Output.Split('\n').Select(line => line.Trim())];

        foreach (string mosh in lines.Where(line => line.Contains("mosh --", StringComparison.Ordinal)))
        {
            Assert.StartsWith("LC_ALL=C.UTF-8 mosh ", mosh, StringComparison.Ordinal);
            await using TmuxTerminal terminal = await TmuxTerminal.StartAsync(["/bin/sh", "-c", mosh], Bare);
            await terminal.WaitForAsync(screen => screen.Rows.Any(row => row.Length > 0 && row[^1] is '#' or '$' or '>'), "a prompt", TimeSpan.FromSeconds(60));
            await terminal.TypeAsync("echo landed-$((6*7))\r");
            await terminal.WaitForTextAsync("landed-42", TimeSpan.FromSeconds(60));
            await terminal.TypeAsync("exit\r");
            Assert.Equal(0, (await terminal.WaitForEndAsync(TimeSpan.FromSeconds(60))).ExitStatus);
        }

        Assert.Equal(2, lines.Count(line => line.Contains("mosh --", StringComparison.Ordinal)));
        Uri dashboard = new(lines.First(line => line.StartsWith("Dashboard: ", StringComparison.Ordinal))["Dashboard: ".Length..]);
        Assert.Equal(_http, dashboard.Port);
        using (HttpClient browser = new())
        {
            using HttpResponseMessage page = await browser.GetAsync(dashboard);
            Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        }

        CommandResult second = await Command.RunAsync(Words, Bare, within: Long);
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("already running", second.Output, StringComparison.Ordinal);

        await Command.RunAsync(["/bin/kill", "-INT", _process.Id.ToString()]);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, _process.ExitCode);
        Assert.False(File.Exists(_home.File("broker.sock")), "the socket is left behind");
        Assert.False(FreeTcpPorts.Answers(_ssh), "the front door is left behind");
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output) { _output.AppendLine(line.Data); }
    }
}
