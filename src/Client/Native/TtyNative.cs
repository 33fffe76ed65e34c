using System.Runtime.InteropServices;

namespace MoshBroker.Client.Native;

/// <summary>The user's terminal as a device, by libc.</summary>
internal static unsafe partial class TtyNative
{
    /// <summary>More than any libc's struct termios (60 bytes in glibc).</summary>
    public const int AttributesSize = 128;

    public const int Now = 0; // TCSANOW
    public const int AfterOutput = 1; // TCSADRAIN
    public const uint InputIsUtf8 = 0x4000; // IUTF8

    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ

    /// <summary>0 × 0 when there is no terminal, or it has no size.</summary>
    public static (int Columns, int Rows) SizeOf(int terminal)
    {
        ushort* size = stackalloc ushort[4];
        return IoControl(terminal, GetWindowSize, size) == 0 ? (size[1], size[0]) : (0, 0);
    }

    [LibraryImport(FileNative.Libc, EntryPoint = "isatty")]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport(FileNative.Libc, EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetAttributes(int terminal, byte* attributes);

    [LibraryImport(FileNative.Libc, EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetAttributes(int terminal, int when, byte* attributes);

    [LibraryImport(FileNative.Libc, EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw(byte* attributes);

    [LibraryImport(FileNative.Libc, EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(int terminal, nuint request, void* argument);
}
