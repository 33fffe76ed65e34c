using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>The other side of a pseudo-terminal: a tty that somebody handed us.</summary>
internal static unsafe partial class TtyNative
{
    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ
    private const int OpenFlags = 0x2 | 0x100 | 0x80000 | 0x800; // O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK
    private const uint TypeMask = 0xF000; // S_IFMT
    private const uint CharacterDevice = 0x2000; // S_IFCHR
    private const int FirstSlaveMajor = 136; // Unix98 slaves: 136 to 143.
    private const int LastSlaveMajor = 143;
    private const int AttributesSize = 128;

    /// <summary>
    /// Opens a tty anew: the flags of an open file belong to all who have it, so that its giver could make ours block. Null when it is not the
    /// slave of a pseudo-terminal, or not <paramref name="uid"/>'s.
    /// </summary>
    public static FileDescriptor? OpenAgain(FileDescriptor handed, uint uid)
    {
        Span<byte> buffer = stackalloc byte[256]; // statx(2): mode at 28, uid at 20, rdev at 128.
        fixed (byte* at = buffer)
        {
            if (StatX(handed, "", 0x1000, 0x1 | 0x2 | 0x8, at) != 0) { return null; }
        }

        uint major = BinaryPrimitives.ReadUInt32LittleEndian(buffer[128..]);
        if ((BinaryPrimitives.ReadUInt16LittleEndian(buffer[28..]) & TypeMask) != CharacterDevice || major is < FirstSlaveMajor or > LastSlaveMajor
            || BinaryPrimitives.ReadUInt32LittleEndian(buffer[20..]) != uid)
        {
            return null;
        }

        FileDescriptor again = Open($"/proc/self/fd/{handed.Number}", OpenFlags);
        if (!again.IsInvalid) { return again; }
        again.Dispose();
        return null;
    }

    /// <summary>Opens the slave of a terminal of ours, by its path.</summary>
    public static FileDescriptor Open(string path) => Open(path, OpenFlags);

    /// <summary>0 × 0 when the tty has no size or is none.</summary>
    public static (int Columns, int Rows) SizeOf(FileDescriptor tty)
    {
        ushort* size = stackalloc ushort[4];
        return IoControl(tty, GetWindowSize, size) == 0 ? (size[1], size[0]) : (0, 0);
    }

    /// <summary>The size of a terminal that this process was started at; 0 × 0 when it is none.</summary>
    public static (int Columns, int Rows) SizeOf(int terminal)
    {
        ushort* size = stackalloc ushort[4];
        return IoControl(terminal, GetWindowSize, size) == 0 ? (size[1], size[0]) : (0, 0);
    }

    /// <summary>Makes a terminal that this process was started at raw, and gives what it was before; null when it is none.</summary>
    public static byte[]? TakeRaw(int terminal)
    {
        byte[] found = new byte[AttributesSize];
        uint* raw = stackalloc uint[AttributesSize / sizeof(uint)];
        if (GetAttributes(terminal, raw) != 0) { return null; }
        new ReadOnlySpan<byte>(raw, AttributesSize).CopyTo(found);
        SetRaw(raw);
        return SetAttributes(terminal, 0, raw) == 0 ? found : null;
    }

    /// <summary>Gives it back what it was.</summary>
    public static void Restore(int terminal, byte[] found)
    {
        const int AfterOutput = 1; // TCSADRAIN
        fixed (byte* attributes = found) { _ = SetAttributes(terminal, AfterOutput, (uint*)attributes); }
    }

    /// <summary>Every byte as it is, in both directions, at once.</summary>
    public static void MakeRaw(FileDescriptor tty)
    {
        uint* attributes = stackalloc uint[AttributesSize / sizeof(uint)];
        if (GetAttributes(tty, attributes) != 0) { return; }
        SetRaw(attributes);
        _ = SetAttributes(tty, 0, attributes);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial FileDescriptor Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(FileDescriptor fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoControl(int fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int terminal, uint* attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(int terminal, int when, uint* attributes);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(FileDescriptor terminal, uint* attributes);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(FileDescriptor terminal, int when, uint* attributes);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void SetRaw(uint* attributes);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(FileDescriptor directory, string path, int flags, uint mask, byte* buffer);
}
