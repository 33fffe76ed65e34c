using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MoshBroker.Backends;

namespace MoshBroker.Native;

/// <summary>What we do with a PTY master, and with the pipe that releases its waiting child.</summary>
internal static partial class PtyNative
{
    private const nuint SetWindowSize = 0x5414; // TIOCSWINSZ
    private const nuint GetPeer = 0x5441; // TIOCGPTPEER
    private const nuint InputWaiting = 0x541B; // FIONREAD
    private const int AttributesSize = 128;
    private const uint StopsOutput = 0x400; // IXON
    private const uint AnyKeyResumes = 0x800; // IXANY
    private const uint SendsSignals = 0x1; // ISIG
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const int SetDescriptorFlags = 2; // F_SETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC
    private const int NonBlocking = 0x800; // O_NONBLOCK
    private const int OpenReadWriteNoControl = 0x2 | 0x100 | 0x80000; // O_RDWR | O_NOCTTY | O_CLOEXEC
    private const uint TypeMask = 0xF000; // S_IFMT
    private const uint CharacterDevice = 0x2000; // S_IFCHR
    private const uint Fifo = 0x1000; // S_IFIFO
    private const int PtmxMajor = 5;
    private const int PtmxMinor = 2;

    /// <summary>Reads what the program wrote: bytes, 0 at the end, or -1 with errno.</summary>
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(FileDescriptor fd, byte* buffer, nint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(FileDescriptor fd, byte* bytes, nint length);

    public static unsafe void Resize(FileDescriptor master, int columns, int rows)
    {
        // struct winsize: rows, columns, and two pixel sizes that we do not know.
        ushort* size = stackalloc ushort[4] { (ushort)rows, (ushort)columns, 0, 0 };
        _ = IoControl(master, SetWindowSize, size);
    }

    /// <summary>A descriptor that came from somebody else: not inherited by children, and asked not to block.</summary>
    public static void Adopt(FileDescriptor fd)
    {
        _ = Control(fd, SetDescriptorFlags, CloseOnExec);
        _ = Control(fd, SetFlags, Control(fd, GetFlags, 0) | NonBlocking);
    }

    /// <summary>Not inherited by children; whether it blocks stays as it is.</summary>
    public static void KeepFromChildren(FileDescriptor fd) => _ = Control(fd, SetDescriptorFlags, CloseOnExec);

    public static bool IsNonBlocking(FileDescriptor fd) => (Control(fd, GetFlags, 0) & NonBlocking) != 0;

    /// <summary>True when this is a PTY master whose slave belongs to <paramref name="uid"/>.</summary>
    public static unsafe bool IsMasterOf(FileDescriptor fd, uint uid)
    {
        if (!TryStat(fd, out FileStatus status) || (status.Mode & TypeMask) != CharacterDevice || status.Major != PtmxMajor || status.Minor != PtmxMinor)
        {
            return false;
        }

        int peer = OpenPeer(fd, GetPeer, OpenReadWriteNoControl);
        if (peer < 0) { return false; }
        using FileDescriptor slave = new(peer);
        return TryStat(slave, out FileStatus owner) && owner.Uid == uid;
    }

    /// <summary>How the terminal answers to the keys that stop its output; nothing does when it cannot be asked.</summary>
    public static unsafe TtyFlow FlowOf(FileDescriptor master)
    {
        // struct termios as libc has it: four words of flags (input, output, control, local), the line discipline, and the control characters.
        byte* attributes = stackalloc byte[AttributesSize];
        if (GetAttributes(master, attributes) != 0) { return default; }
        uint input = *(uint*)attributes;
        uint local = *(uint*)(attributes + 12);
        byte* keys = attributes + 17;
        return new TtyFlow((input & StopsOutput) != 0, (input & AnyKeyResumes) != 0, (local & SendsSignals) != 0, Stop: keys[9], Start: keys[8], Interrupt: keys[0], Quit: keys[1], Suspend: keys[10]);
    }

    /// <summary>Bytes that the program could read and has not; 0 when it cannot be said. The program's side has to be opened for that: the master is not told.</summary>
    public static unsafe int CountUnread(FileDescriptor master)
    {
        int peer = OpenPeer(master, GetPeer, OpenReadWriteNoControl | NonBlocking);
        if (peer < 0) { return 0; }
        using FileDescriptor slave = new(peer);
        int count = 0;
        return IoControl(slave, InputWaiting, &count) == 0 ? count : 0;
    }

    public static bool IsPipe(FileDescriptor fd) => TryStat(fd, out FileStatus status) && (status.Mode & TypeMask) == Fifo;

    private static unsafe bool TryStat(FileDescriptor fd, out FileStatus status)
    {
        // statx(2) has one layout on every architecture: mode at 28, uid at 20, rdev at 128.
        Span<byte> buffer = stackalloc byte[256];
        int result;
        // As the kernel has it already (AT_STATX_DONT_SYNC): a user's own file system is not asked, since it may take its time.
        fixed (byte* at = buffer) { result = StatX(fd, "", 0x1000 | 0x4000, 0x1 | 0x2 | 0x8, at); }
        status = new FileStatus(
            BinaryPrimitives.ReadUInt16LittleEndian(buffer[28..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[128..]),
            BinaryPrimitives.ReadUInt32LittleEndian(buffer[132..]));
        return result == 0;
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int IoControl(FileDescriptor fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int OpenPeer(FileDescriptor fd, nuint request, int flags);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static unsafe partial int GetAttributes(FileDescriptor terminal, byte* attributes);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(FileDescriptor fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int StatX(FileDescriptor directory, string path, int flags, uint mask, byte* buffer);

    private readonly record struct FileStatus(uint Mode, uint Uid, uint Major, uint Minor);
}
