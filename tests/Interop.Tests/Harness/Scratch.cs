namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A folder of its own under /tmp (short, because sockets' paths are), removed at the end.</summary>
internal sealed class Scratch : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("mbit-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        string path = File(name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (IOException)
        {
            // A program that is about to end may still write here; /tmp is cleaned anyway.
        }
    }
}
