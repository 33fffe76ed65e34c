using System.ComponentModel;
using System.Diagnostics;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Runs a program to its end, with an environment that is exactly the one given.</summary>
internal static class Command
{
    public static async Task<CommandResult> RunAsync(
        IReadOnlyList<string> words,
        IReadOnlyDictionary<string, string>? environment = null,
        string? directory = null,
        TimeSpan? within = null)
    {
        using Process process = Start(words, environment, directory);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(30));
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(process.ExitCode, await output.WaitAsync(limit.Token), await error.WaitAsync(limit.Token));
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited) { process.Kill(entireProcessTree: true); }
            Assert.Fail($"did not end in time: {string.Join(' ', words)}");
            throw;
        }
    }

    public static Process Start(IReadOnlyList<string> words, IReadOnlyDictionary<string, string>? environment, string? directory = null)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "/",
        };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach ((string name, string value) in environment) { start.Environment[name] = value; }
        }

        return Process.Start(start)!;
    }

    /// <summary>The words as one line for a POSIX shell.</summary>
    public static string Quote(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>Stops a process that this test run started, or lets it go on.</summary>
    public static async Task SignalAsync(int processId, string signal) =>
        Assert.Equal(0, (await RunAsync(["/bin/kill", "-" + signal, processId.ToString(System.Globalization.CultureInfo.InvariantCulture)])).ExitCode);

    /// <summary>Ends a process that this test run started; one that is gone already is fine.</summary>
    public static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or Win32Exception)
        {
            // It ended by itself.
        }
    }
}
