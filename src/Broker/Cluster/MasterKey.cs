using System.Security.Cryptography;
using MoshBroker.Configuration;

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
        try
        {
            return Read(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string cure = path is null ? "let the broker's user read it" : $"let {PathVariable} name a file that the broker's user can read";
            throw new StartRefusedException($"master key {file}: {OneLine.Of(e)}: {cure}", e);
        }
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);

    private static MasterKey Read(string file)
    {
        using FileStream stream = new(file, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.Read, BufferSize = 0 });
        UnixFileMode mode = File.GetUnixFileMode(stream.SafeFileHandle);
        const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if ((mode & Others) != UnixFileMode.None)
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

    // Written aside, synced and linked into place: a crash leaves a whole key or none, and of two brokers that start at once one key wins.
    private static void Create(string file)
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
