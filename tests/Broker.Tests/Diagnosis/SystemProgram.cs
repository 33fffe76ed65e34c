using System.Diagnostics;
using Xunit;

namespace MoshBroker.Broker.Tests.Diagnosis;

/// <summary>A program of the system, with its input given and its output taken.</summary>
internal static class SystemProgram
{
    public static async Task<(int Status, string Output)> RunAsync(string program, string[] arguments, string input = "")
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(60));
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading.
        }

        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.HasExited);
        return (process.ExitCode, await output + await error);
    }
}
