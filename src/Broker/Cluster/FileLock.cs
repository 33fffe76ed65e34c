using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MoshBroker.Configuration;

namespace MoshBroker.Cluster;

/// <summary>An advisory lock (<c>flock</c>) on a file of ours, held until disposed. The kernel drops it with its process, however that ends.</summary>
internal sealed class FileLock : IDisposable
{
    private readonly SafeFileHandle _file;

    private FileLock(SafeFileHandle file) => _file = file;

    /// <summary>Takes the lock, or refuses to start with a line that says what is <paramref name="locked"/> and by which process.</summary>
    /// <param name="cure">What to do about it, as the end of the line.</param>
    public static FileLock Take(string path, string locked, string cure)
    {
        SafeFileHandle file = FileLockNative.Open(path);
        if (file.IsInvalid) { throw new StartRefusedException($"{locked}: {path}: {LastError()}: let the broker's user write there"); }
        if (!FileLockNative.TryLock(file))
        {
            using SafeFileHandle held = file;
            throw Marshal.GetLastPInvokeError() == FileLockNative.WouldBlock
                ? new StartRefusedException($"{locked} is in use by another broker ({Holder(file)}): {cure}")
                : new StartRefusedException($"{locked}: {path}: {LastError()}");
        }

        try
        {
            RandomAccess.SetLength(file, 0);
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), 0);
        }
        catch (IOException)
        {
            // The number is a courtesy to whoever is refused; a full disk will be reported by whoever needs the space.
        }

        return new FileLock(file);
    }

    // The file stays: removing it would let a third process lock a new file of that name while a second one holds the old one.
    public void Dispose()
    {
        // Said, not left to the close: a child between its fork and its exec has a copy of the descriptor, and with it the lock.
        FileLockNative.Unlock(_file);
        _file.Dispose();
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private static string Holder(SafeFileHandle file)
    {
        Span<byte> pid = stackalloc byte[16];
        int length = RandomAccess.Read(file, pid, 0);
        return length > 0 ? $"process {Encoding.ASCII.GetString(pid[..length])}" : "of unknown number";
    }
}
