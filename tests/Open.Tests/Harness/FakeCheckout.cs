namespace MoshBroker.Open.Tests.Harness;

/// <summary>A checkout in which everything is published: the launcher, and the programs of this test run.</summary>
internal sealed class FakeCheckout : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("mbo-checkout");

    public FakeCheckout(bool isBuilt = true)
    {
        Directory.CreateDirectory(Path.Combine(_root.FullName, "eng"));
        Launcher = Path.Combine(_root.FullName, "eng", "moshbroker");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "moshbroker"), Launcher);
        Current = Path.Combine(_root.FullName, "artifacts", "current");
        if (!isBuilt) { return; }
        Directory.CreateDirectory(Path.Combine(Current, "serve"));
        Directory.CreateSymbolicLink(Path.Combine(Current, "open"), AppContext.BaseDirectory);
        File.WriteAllText(Path.Combine(Current, "stamp"), "");
    }

    public string Root => _root.FullName;

    public string Launcher { get; }

    public string Current { get; }

    /// <summary>An executable shell script.</summary>
    public string AddScript(string path, string text)
    {
        string full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "#!/bin/sh\n" + text);
        File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return full;
    }

    public void Dispose() => _root.Delete(recursive: true);
}
