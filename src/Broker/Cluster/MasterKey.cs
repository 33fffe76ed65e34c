using System.Security.Cryptography;
using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.Cluster;

/// <summary>The 32 bytes under which session keys are sealed at rest; made on first start, zeroed when disposed, never printed.</summary>
internal sealed class MasterKey : IDisposable
{
    public const string FileName = "master.key";
    public const string PathVariable = "MOSHBROKER_MASTER_KEY_FILE";
    private const int Length = 32;

    private readonly byte[] _bytes;

    private MasterKey(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>
    /// Reads the key that <c>MOSHBROKER_MASTER_KEY_FILE</c> names (<paramref name="path"/>), which must exist; when that is null, the data
    /// folder's, which is made when there is none.
    /// </summary>
    /// <exception cref="StartRefusedException">Unreadable, of the wrong length, or open to others.</exception>
    public static MasterKey Load(string dataDirectory, string? path)
    {
        string file = path ?? Path.Combine(dataDirectory, FileName);
        if (path is null && !File.Exists(file)) { Create(file); }
        return Open(file, isNamed: path is not null);
    }

    /// <summary>Reads one file.</summary>
    /// <param name="file">It must exist.</param>
    /// <param name="isNamed">True when <see cref="PathVariable"/> names it, or one beside it.</param>
    /// <exception cref="StartRefusedException">Unreadable, of the wrong length, or open to others.</exception>
    public static MasterKey Open(string file, bool isNamed)
    {
        try
        {
            return Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string cure = isNamed ? $"let {PathVariable} name a file that the broker's user can read" : "let the broker's user read it";
            throw new StartRefusedException($"master key {file}: {OneLine.Of(e)}: {cure}", e);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private static MasterKey Read(string file)
    {
        using FileStream stream = new(file, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read, BufferSize = 0 });
        UnixFileMode mode = File.GetUnixFileMode(stream.SafeFileHandle);
        if ((mode & PrivateFile.ForbiddenOf(file)) != UnixFileMode.None)
        {
            throw new StartRefusedException($"master key {file} is open to others (mode {Convert.ToString((int)mode, 8)}): chmod 600 {file}");
        }

        byte[] bytes = new byte[Length];
        if (stream.Length != Length || stream.ReadAtLeast(bytes, Length, throwOnEndOfStream: false) != Length)
        {
            throw new StartRefusedException(
                $"master key {file} has {stream.Length} bytes instead of {Length}: restore it from a backup, or remove it to start with a new one");
        }

        return new MasterKey(bytes);
    }

    /// <summary>Makes a file with a fresh key; one that is there stays.</summary>
    /// <remarks>Written aside, synced and moved into place: a crash leaves a whole key or none, and of two brokers that start at once one key wins.</remarks>
    public static void Create(string file)
    {
        string aside = $"{file}.{Environment.ProcessId}.new";
        byte[] bytes = RandomNumberGenerator.GetBytes(Length);
        try
        {
            File.Delete(aside);
            FileStreamOptions options = new()
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                BufferSize = 0,
            };
            using (FileStream stream = new(aside, options))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(aside, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(aside);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"master key {file}: {OneLine.Of(e)}: let the broker's user write in {Path.GetDirectoryName(file)}", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
