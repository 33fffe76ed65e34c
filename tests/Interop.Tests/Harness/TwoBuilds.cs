namespace MoshBroker.Interop.Tests.Harness;

/// <summary>An installation in which one build takes another's place, as an operator's package does it: by a link.</summary>
internal sealed class TwoBuilds : IDisposable
{
    private readonly Scratch _scratch = new();

    public string Launcher => _scratch.File("eng/moshbroker");

    /// <param name="other">The folder of the other build's programs; this one's again without it.</param>
    public static async Task<TwoBuilds> MakeAsync(string? other)
    {
        TwoBuilds builds = new();
        await RunningBroker.BuildAsync();
        string checkout = Path.Combine(Path.GetDirectoryName(RunningBroker.Launcher)!, "..");
        Directory.CreateDirectory(builds._scratch.File("eng"));
        Directory.CreateDirectory(builds._scratch.File("artifacts"));
        File.Copy(Path.Combine(checkout, "eng", "moshbroker"), builds.Launcher);
        await CopyAsync(Path.Combine(checkout, "artifacts", "current"), builds._scratch.File("artifacts/this"));
        await CopyAsync(other ?? Path.Combine(checkout, "artifacts", "current"), builds._scratch.File("artifacts/other"));
        await builds.InstallAsync("other");
        return builds;
    }

    /// <summary>"this" or "other": what a broker that is started from here on is.</summary>
    public async Task InstallAsync(string build)
    {
        string next = _scratch.File("artifacts/next");
        File.CreateSymbolicLink(next, build);
        CommandResult moved = await Command.RunAsync(["/bin/mv", "-T", next, _scratch.File("artifacts/current")]);
        Assert.True(moved.ExitCode == 0, moved.Error);
    }

    /// <summary>Puts a script in the place of that build's broker.</summary>
    public async Task BreakAsync(string build, string script)
    {
        string program = _scratch.File($"artifacts/{build}/serve/moshbroker-serve");
        File.Delete(program); // It may be running.
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
    }

    public void Dispose() => _scratch.Dispose();

    private static async Task CopyAsync(string from, string to)
    {
        CommandResult result = await Command.RunAsync(["/bin/cp", "-rL", from, to]);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
