namespace MoshBroker.Testing;

/// <summary>A folder of a test's own, 0700, removed with all that is in it.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("moshbroker-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
