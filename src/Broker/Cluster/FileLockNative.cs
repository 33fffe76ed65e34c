using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MoshBroker.Cluster;

/// <summary><c>open</c> and <c>flock</c> themselves: .NET's FileShare locks readers out too, and an environment variable turns it off.</summary>
internal static partial class FileLockNative
{
    public const int WouldBlock = 11;
    private const int ReadWriteCreateCloseOnExec = 0x2 | 0x40 | 0x80000;
    private const uint OwnerOnly = 0x180;
    private const int ExclusiveNonBlocking = 2 | 4;
    private const int Release = 8;

    /// <summary>The file, made 0600 when there is none; an invalid handle and errno when that fails.</summary>
    public static SafeFileHandle Open(string path) => Open(path, ReadWriteCreateCloseOnExec, OwnerOnly);

    /// <summary>False, with errno <see cref="WouldBlock"/>, when somebody else holds the lock.</summary>
    public static bool TryLock(SafeFileHandle file) => Flock(file, ExclusiveNonBlocking) == 0;

    public static void Unlock(SafeFileHandle file) => _ = Flock(file, Release);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);
}
