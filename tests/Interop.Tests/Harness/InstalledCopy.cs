namespace MoshBroker.Interop.Tests.Harness;

/// <summary>The published programs where every account can run them; a checkout may stand in somebody's home.</summary>
internal sealed class InstalledCopy : IDisposable
{
    private readonly Scratch _scratch = new();

    public string Launcher => _scratch.File("moshbroker");

    public static async Task<InstalledCopy> MakeAsync()
    {
        InstalledCopy copy = new();
        string root = copy._scratch.Path;
        Directory.CreateDirectory(copy._scratch.File("checkout/eng"));
        Directory.CreateDirectory(copy._scratch.File("checkout/artifacts"));
        File.Copy(Repository.Path("eng", "moshbroker"), copy._scratch.File("checkout/eng/moshbroker"));
        await RunAsync("/bin/cp", "-rL", Repository.Path("artifacts", "current"), copy._scratch.File("checkout/artifacts/current"));
        // The programs look for .NET in the usual places; elsewhere they found it by a path relative to the checkout.
        string runtime = Path.GetDirectoryName(Environment.ProcessPath)!;
        string where = runtime is "/usr/share/dotnet" or "/usr/lib/dotnet" ? "" : $"export DOTNET_ROOT='{runtime}'\n";
        copy._scratch.Write("moshbroker", $"#!/bin/sh\n{where}exec {root}/checkout/eng/moshbroker \"$@\"\n");
        await RunAsync("/bin/chmod", "-R", "a+rX", root);
        await RunAsync("/bin/chmod", "a+x", copy.Launcher);
        return copy;
    }

    public void Dispose() => _scratch.Dispose();

    private static async Task RunAsync(params IReadOnlyList<string> words)
    {
        CommandResult result = await Command.RunAsync(words);
        Assert.True(result.ExitCode == 0, result.Error);
    }
}
