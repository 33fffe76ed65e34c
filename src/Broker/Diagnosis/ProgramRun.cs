using System.Diagnostics;

namespace MoshBroker.Diagnosis;

/// <summary>Runs a program of the system and takes what it prints. No shell.</summary>
internal static class ProgramRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // An administrator's PATH has these; a user's may not.
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin"];

    /// <summary>Output and error together when it exits with 0; null when it does not, or is not there.</summary>
    public static async Task<string?> OutputOfAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        if (Array.Find(Folders, folder => File.Exists($"{folder}/{program}")) is not { } found) { return null; }
        ProcessStartInfo start = new($"{found}/{program}", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0 ? await output + await error : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            process.Kill();
            return null;
        }
    }
}
