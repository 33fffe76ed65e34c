using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A broker of its own: data, socket and ports that nobody else uses.</summary>
internal sealed class RunningBroker : MoshServer
{
    private static readonly TimeSpan FirstBuild = TimeSpan.FromMinutes(4);

    private readonly Scratch _scratch = new();
    private readonly StringBuilder _log = new();
    private Process? _process;

    private IReadOnlyList<string> _words = [];

    private RunningBroker(string ports) => Ports = ports;

    public override IReadOnlyList<string> Open => [Launcher, "open", "--broker", Socket];

    public override bool IsStock => false;

    public string DataFolder => _scratch.File("data");

    public string Socket => _scratch.File("broker.sock");

    public string Ports { get; }

    public int ProcessId => _process!.Id;

    /// <summary>Everything the broker printed so far.</summary>
    public string Log
    {
        get { lock (_log) { return _log.ToString(); } }
    }

    /// <summary>The launcher of this checkout, or the installed one that MOSHBROKER names.</summary>
    public static string Launcher => Environment.GetEnvironmentVariable("MOSHBROKER") ?? Repository.Path("eng", "moshbroker");

    /// <summary>Starts a broker and waits until its socket answers. The first start of a checkout builds it.</summary>
    public static async Task<RunningBroker> StartAsync(string? ports = null, IReadOnlyList<string>? prefix = null, params IReadOnlyList<string> more)
    {
        var broker = new RunningBroker(ports ?? FreePorts.Range(400));
        try
        {
            broker._words = [.. prefix ?? [], Launcher, "serve", "--data", broker.DataFolder, "--socket", broker.Socket,
                "--ports", broker.Ports, .. Unless(more, "--http"), .. Unless(more, "--metrics"), .. more];
            await broker.RunAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a broker that is an account of its own.</summary>
    public static Task<RunningBroker> StartAsAsync(UnixAccount account, string launcher, params IReadOnlyList<string> more) => StartOpenAsync(account, [], launcher, more);

    /// <summary>Starts a broker whose folder other accounts may enter, as its socket's users do.</summary>
    /// <param name="account">Who it runs as; null for us.</param>
    /// <param name="prefix">Words before the launcher's.</param>
    /// <param name="launcher">One that those accounts can run.</param>
    public static async Task<RunningBroker> StartOpenAsync(UnixAccount? account, IReadOnlyList<string> prefix, string launcher, params IReadOnlyList<string> more)
    {
        var broker = new RunningBroker(FreePorts.Range(400));
        try
        {
            File.SetUnixFileMode(broker._scratch.Path, (UnixFileMode)0b111_101_101);
            if (account is not null) { await account.OwnAsync(broker._scratch.Path); }
            IReadOnlyList<string> words = [launcher, "serve", "--data", broker.DataFolder, "--socket", broker.Socket,
                "--ports", broker.Ports, .. Unless(more, "--http"), .. Unless(more, "--metrics"), .. more];
            broker._words = [.. prefix, .. account is null ? words : account.As(words)];
            await broker.RunAsync();
            return broker;
        }
        catch
        {
            await broker.DisposeAsync();
            throw;
        }
    }

    private static IReadOnlyList<string> Unless(IReadOnlyList<string> given, string flag) => given.Contains(flag) ? [] : [flag, "off"];

    /// <summary>Makes sure that the programs are published.</summary>
    public static async Task<string> BuildAsync() =>
        (await Command.RunAsync([Launcher, "open", "--version"], SessionHome.Inherited(), within: FirstBuild)).Output;

    /// <summary>Ends the broker as the kernel does when memory runs out.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>True once it has ended by itself.</summary>
    public bool HasDied => _process!.HasExited;

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task DiedAsync(TimeSpan within)
    {
        await _process!.WaitForExitAsync().WaitAsync(within);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts it again, and does not wait for it: it may die soon.</summary>
    public void RunAgain() => Run(_words);

    /// <summary>The process that keeps this broker's descriptors; another one than that.</summary>
    public Task<int> StoreAsync(int not) => ProcessAsync(words => words.EndsWith('\0' + Path.Combine(DataFolder, "fdstore.sock"), StringComparison.Ordinal), not, "an fd store");

    /// <summary>The process that serves under a supervisor; another one than that.</summary>
    public Task<int> ServingAsync(int not) =>
        ProcessAsync(words => words.Contains("\0--supervised\0", StringComparison.Ordinal) && !words.EndsWith("\0--check", StringComparison.Ordinal) && words.Contains('\0' + DataFolder + '\0', StringComparison.Ordinal), not, "a broker");

    private static async Task<int> ProcessAsync(Func<string, bool> isIt, int not, string what)
    {
        int found = 0;
        await Eventually.TrueAsync(
            () => (found = Directory.GetDirectories("/proc").Select(folder => PidOf(folder, isIt)).FirstOrDefault(pid => pid != 0 && pid != not)) != 0, $"there is {what}");
        return found;
    }

    private static int PidOf(string folder, Func<string, bool> isIt)
    {
        if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out int pid)) { return 0; }
        try
        {
            return isIt(File.ReadAllText($"{folder}/cmdline").TrimEnd('\0')) ? pid : 0;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 0; // It ended just now.
        }
    }

    /// <summary>Starts it again on the same data, socket and ports.</summary>
    public async Task RunAsync()
    {
        Run(_words);
        await Eventually.TrueAsync(AnswersAsync, "the broker's socket answers", FirstBuild, () => Log);
    }

    /// <summary>Runs a verb of the broker's command line against this broker.</summary>
    public Task<CommandResult> CommandAsync(params IReadOnlyList<string> words) =>
        Command.RunAsync([Launcher, .. words, "--broker", Socket], SessionHome.Inherited());

    /// <summary>`sessions show ID --json`.</summary>
    public async Task<JsonElement> ShowAsync(OpenedSession session)
    {
        CommandResult result = await CommandAsync("sessions", "show", session.Id, "--json");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return document.RootElement.Clone();
    }

    /// <summary>`sessions list --json`: the ids of the sessions that live.</summary>
    public async Task<IReadOnlyList<string>> LiveAsync()
    {
        CommandResult result = await CommandAsync("sessions", "list", "--json");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        using var document = JsonDocument.Parse(result.Output);
        return [.. document.RootElement.EnumerateArray().Where(s => s.GetProperty("state").GetString() != "ended").Select(s => s.GetProperty("id").GetString()!)];
    }

    /// <summary>/metrics as it is now, by series as they are written there; the broker was started with --metrics.</summary>
    public async Task<Dictionary<string, double>> MetricsAsync()
    {
        string address = _words[_words.ToList().IndexOf("--metrics") + 1];
        using var client = new HttpClient();
        string page = await client.GetStringAsync(new Uri($"http://{address}/metrics"));
        return page.Split('\n').Where(line => line.Length > 0 && line[0] != '#').ToDictionary(
            line => line[..line.LastIndexOf(' ')], line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture), StringComparer.Ordinal);
    }

    /// <summary>Stops it as an operator does.</summary>
    public async Task StopAsync()
    {
        // As an operator stops it; what does not obey is killed.
        await Command.RunAsync(["/bin/kill", "-TERM", ProcessId.ToString()]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process!.Kill(entireProcessTree: true);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!_process.HasExited) { await StopAsync(); }
            _process.Dispose();
            _process = null;
        }

        _scratch.Dispose();
    }

    private void Run(IReadOnlyList<string> words)
    {
        _process = Command.Start(words, SessionHome.Inherited());
        _process.StandardInput.Close();
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log) { _log.AppendLine(line.Data); }
    }

    private async Task<bool> AnswersAsync()
    {
        Assert.False(_process!.HasExited, "the broker ended: " + Log);
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
