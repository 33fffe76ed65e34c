using System.Runtime.InteropServices;

namespace MoshBroker.Open.Native;

/// <summary>Pseudo-terminals, by libc.</summary>
internal static unsafe partial class PtyNative
{
    [LibraryImport(FileNative.Libc, EntryPoint = "posix_openpt", SetLastError = true)]
    public static partial int OpenMaster(int flags);

    [LibraryImport(FileNative.Libc, EntryPoint = "grantpt", SetLastError = true)]
    public static partial int Grant(int master);

    [LibraryImport(FileNative.Libc, EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int Unlock(int master);

    [LibraryImport(FileNative.Libc, EntryPoint = "ptsname_r", SetLastError = true)]
    public static partial int SlaveName(int master, byte* name, nuint length);

    [LibraryImport(FileNative.Libc, EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetAttributes(int terminal, uint* attributes);

    [LibraryImport(FileNative.Libc, EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetAttributes(int terminal, int when, uint* attributes);

    [LibraryImport(FileNative.Libc, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int terminal, nuint request, WindowSize* size);
}
