using System.Diagnostics;
using System.Text.RegularExpressions;

namespace MoshBroker.Bench.SharedPort;

/// <summary>The broker under test, which the script started.</summary>
internal sealed partial class BrokerProcess(string launcher, string socket, int processId) : IDisposable
{
    private const int OpensAtOnce = 4;

    private readonly Process _process = Process.GetProcessById(processId);

    public TimeSpan CpuTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Opens sessions, each of which prints its own number and then echoes.</summary>
    public Task OpenAsync(int count, Action<int, int, string> onOpened)
    {
        ParallelOptions options = new() { MaxDegreeOfParallelism = OpensAtOnce };
        return Parallel.ForAsync(0, count, options, async (number, stopping) =>
        {
            (int port, string key) = await OpenOneAsync(number, stopping);
            onOpened(number, port, key);
        });
    }

    public void Dispose() => _process.Dispose();

    private async Task<(int Port, string Key)> OpenOneAsync(int number, CancellationToken stopping)
    {
        ProcessStartInfo start = new(launcher, ["open", "--broker", socket, "new", "-i", "127.0.0.1", "-c", "256", "--", "/bin/sh", "-c", $"echo session-{number}.; exec cat"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LANG"] = "C.UTF-8";
        using Process open = Process.Start(start)!;
        string output = await open.StandardOutput.ReadToEndAsync(stopping);
        string errors = await open.StandardError.ReadToEndAsync(stopping);
        await open.WaitForExitAsync(stopping);
        Match match = ConnectLine().Match(output);
        return match.Success
            ? (int.Parse(match.Groups[1].ValueSpan), match.Groups[2].Value)
            : throw new InvalidOperationException($"no session {number}: {output}{errors}");
    }

    [GeneratedRegex(@"^MOSH CONNECT (\d+) ([A-Za-z0-9+/]{22})\r?$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ConnectLine();
}
