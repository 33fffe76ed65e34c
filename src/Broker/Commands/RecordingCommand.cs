using System.CommandLine;
using System.Security.Cryptography;
using MoshBroker.Configuration;
using MoshBroker.Recording;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker recording verify</c>: needs no broker, only its public key.</summary>
internal static class RecordingCommand
{
    public static Command Create(HostEnvironment host)
    {
        Argument<string> file = new("FILE") { Description = "A recording (.cast); its chain lies beside it" };
        Option<string> key = new("--key") { HelpName = "FILE", Description = $"The broker's {RecordingKey.PublicFileName}; without, the one of the data folder" };
        Option<string> data = new("--data") { HelpName = "DIR", Description = "The broker's data folder" };
        Command verify = new("verify", "Check that a recording is as the broker wrote it") { file, key, data };
        verify.SetAction(parsed => Verify(
            Path.GetFullPath(parsed.GetRequiredValue(file), host.WorkingDirectory),
            parsed.GetValue(key) is { } named ? Path.GetFullPath(named, host.WorkingDirectory) : KeyOf(parsed.GetValue(data), host),
            parsed.InvocationConfiguration.Output));
        return new Command("recording", "Examine recordings of sessions") { verify };
    }

    private static string KeyOf(string? data, HostEnvironment host)
    {
        string folder = data is null ? host.DefaultDataDirectory() ?? host.WorkingDirectory : Path.GetFullPath(data, host.WorkingDirectory);
        return Path.Combine(folder, RecordingKey.PublicFileName);
    }

    private static int Verify(string file, string keyFile, TextWriter output)
    {
        using ECDsa key = RecordingKey.LoadPublic(keyFile);
        RecordingCheck check;
        try
        {
            check = RecordingCheck.Of(file, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"{file}: {OneLine.Of(e)}: a recording and its .chain must lie side by side", e);
        }

        if (check.Fault is { } fault) { throw new StartRefusedException($"{file} does not hold: {OneLine.Of(fault)} ({check.Blocks} blocks before that do)"); }
        string end = check.IsComplete ? "it is complete" : "it was not closed: its session still lives, or its broker died; what came after these blocks is not vouched for";
        output.WriteLine($"{file}: session {OneLine.Of(check.Session ?? "")}, {check.Blocks} blocks, {check.Bytes} bytes, unchanged and signed by {RecordingKey.FingerprintOf(key)}; {end}.");
        return ExitCodes.Ok;
    }
}
