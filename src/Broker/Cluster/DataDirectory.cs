using MoshBroker.Configuration;

namespace MoshBroker.Cluster;

/// <summary>The broker's data folder, 0700, with one broker in it at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileLock _lock;

    private DataDirectory(string path, FileLock @lock) => (Path, _lock) = (path, @lock);

    public string Path { get; }

    /// <summary>Makes the folder when there is none, and locks it.</summary>
    /// <exception cref="StartRefusedException">Not to be made or written, open for writing to others, or in use.</exception>
    public static DataDirectory Open(string path)
    {
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        try
        {
            Directory.CreateDirectory(path, Owner);

            // Reading is left to the admin (every file in it is 0600). Whoever can write could put his own key or store in place of ours.
            if ((File.GetUnixFileMode(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None)
            {
                throw new StartRefusedException($"data folder {path} can be written by others: chmod 700 {path}, or choose another by --data");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"data folder {path}: {OneLine.Of(e)}: choose another by --data", e);
        }

        string file = System.IO.Path.Combine(path, "broker.lock");
        return new DataDirectory(path, FileLock.Take(file, $"data folder {path}", "stop that one, or choose another folder by --data"));
    }

    public void Dispose() => _lock.Dispose();
}
