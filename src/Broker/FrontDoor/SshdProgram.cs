using System.ComponentModel;
using System.Diagnostics;
using MoshBroker.Configuration;

namespace MoshBroker.FrontDoor;

/// <summary>OpenSSH's programs on this machine, run at start-up to ask them something.</summary>
internal static class SshdProgram
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin"];

    /// <summary>Absolute; null when it is not installed.</summary>
    public static string? Find(string name) => Folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <exception cref="StartRefusedException">It is not installed.</exception>
    public static string Require(string name, string package) =>
        Find(name) ?? throw new StartRefusedException($"the front door needs OpenSSH's {name}, which is not installed: apt-get install {package}, or --ssh off");

    /// <summary>Runs one to its end.</summary>
    public static async Task<(int Status, string Output, string Errors)> RunAsync(string program, CancellationToken cancellation, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
            Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return (process.ExitCode, await output, await errors);
        }
        catch (Win32Exception failure)
        {
            throw new StartRefusedException($"{program} cannot be run: {OneLine.Of(failure)}");
        }
    }
}
