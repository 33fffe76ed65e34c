namespace MoshBroker.Interop.Tests.Harness;

/// <summary>The broker's debug build, which dies where a test wants it to; laid out as it is published.</summary>
internal sealed class DebugCopy : IDisposable
{
    private readonly Scratch _scratch = new();

    public string Launcher => _scratch.File("moshbroker");

    public static async Task<DebugCopy> MakeAsync()
    {
        DebugCopy copy = new();
        string built = Repository.Path("src", "Broker", "bin", "Debug", "net10.0");
        Assert.True(File.Exists(Path.Combine(built, "moshbroker-serve.dll")), $"{built} has no broker: build Broker.sln first");
        string current = Path.Combine(Path.GetDirectoryName(RunningBroker.Launcher)!, "..", "artifacts", "current");
        await RunAsync("/bin/cp", "-r", built, copy._scratch.File("serve"));
        await RunAsync("/bin/cp", "-rL", Path.Combine(current, "fdstore"), copy._scratch.File("fdstore"));
        // What starts the store started us, where .NET is not in a usual place.
        string root = Path.GetDirectoryName(Environment.ProcessPath)!;
        copy.Wish("");
        copy._scratch.Write("moshbroker", $"""
            #!/bin/sh
            read -r MOSHBROKER_FAULT <'{copy._scratch.File("fault")}'
            export MOSHBROKER_FAULT DOTNET_ROOT='{root}' DOTNET_TieredPGO=0
            exec '{Environment.ProcessPath}' '{copy._scratch.File("serve/moshbroker-serve.dll")}' "$@"

            """);
        await RunAsync("/bin/chmod", "a+x", copy.Launcher);
        return copy;
    }

    /// <summary>Where the next broker that is started dies: "POINT:HITS"; empty for nowhere.</summary>
    public void Wish(string fault) => _scratch.Write("fault", fault + "\n");

    public void Dispose() => _scratch.Dispose();

    private static async Task RunAsync(params IReadOnlyList<string> words)
    {
        CommandResult result = await Command.RunAsync(words);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
