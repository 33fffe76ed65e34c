using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>A new pseudo-terminal of ours, that expects UTF-8.</summary>
internal static unsafe partial class PtyPair
{
    private const int OpenFlags = 0x2 | 0x100 | 0x80000 | 0x800; // O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK
    private const uint InputIsUtf8 = 0x4000; // IUTF8
    private const int AttributesSize = 128;

    /// <summary>The master and the slave's path; null with errno when the system gives none.</summary>
    public static FileDescriptor? TryOpen(int columns, int rows, out string slave, out int errno)
    {
        slave = "";
        byte* name = stackalloc byte[64];
        uint* attributes = stackalloc uint[AttributesSize / sizeof(uint)];
        FileDescriptor master = OpenMaster(OpenFlags);
        if (!master.IsInvalid && Grant(master) == 0 && Unlock(master) == 0 && SlaveName(master, name, 64) == 0 && GetAttributes(master, attributes) == 0)
        {
            // The kernel's line editing then erases characters, not bytes. The flags come first in struct termios.
            attributes[0] |= InputIsUtf8;
            if (SetAttributes(master, 0, attributes) == 0)
            {
                PtyNative.Resize(master, columns, rows);
                slave = Marshal.PtrToStringUTF8((nint)name)!;
                errno = Errno.None;
                return master;
            }
        }

        errno = Errno.Last;
        master.Dispose();
        return null;
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial FileDescriptor OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int Grant(FileDescriptor master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int Unlock(FileDescriptor master);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int SlaveName(FileDescriptor master, byte* name, nuint length);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(FileDescriptor terminal, uint* attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(FileDescriptor terminal, int when, uint* attributes);
}
