using System.Runtime.InteropServices;
using System.Text;

namespace MoshBroker.Native;

/// <summary>Unix sockets that keep messages apart (SOCK_SEQPACKET), and descriptors that go along with them.</summary>
internal static unsafe partial class PacketSocketNative
{
    public const int MostDescriptors = 16; // In one message.
    private const int Unix = 1; // AF_UNIX
    private const int SequencedPacket = 5; // SOCK_SEQPACKET
    private const int CloseOnExec = 0x80000; // SOCK_CLOEXEC
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int SendBuffer = 7; // SO_SNDBUF
    private const int Rights = 1; // SCM_RIGHTS
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int NoSignal = 0x4000; // MSG_NOSIGNAL
    private const int PathOnly = 0x200000 | CloseOnExec; // O_PATH | O_CLOEXEC
    private const int OwnerOnly = 0x180; // 0600
    private const int AddressLength = 110; // struct sockaddr_un
    private const short Readable = 1; // POLLIN

    /// <summary>A listening socket of that name in a folder, for this account alone; what had the name before is gone.</summary>
    public static FileDescriptor Listen(string folder, string name)
    {
        File.Delete(Path.Combine(folder, name));
        FileDescriptor socket = Create(Unix, SequencedPacket | CloseOnExec, 0);
        byte* address = stackalloc byte[AddressLength];
        using FileDescriptor at = Open(folder, PathOnly);
        WriteAddress(address, at, name);
        if (socket.IsInvalid || at.IsInvalid || Bind(socket, address, AddressLength) != 0 || Listen(socket, 8) != 0)
        {
            IOException failure = Errno.Exception($"a socket in {folder}");
            socket.Dispose();
            throw failure;
        }

        File.SetUnixFileMode(Path.Combine(folder, name), (UnixFileMode)OwnerOnly);
        return socket;
    }

    /// <summary>Null when nobody listens.</summary>
    public static FileDescriptor? TryConnect(string folder, string name)
    {
        FileDescriptor socket = Create(Unix, SequencedPacket | CloseOnExec, 0);
        byte* address = stackalloc byte[AddressLength];
        using FileDescriptor at = Open(folder, PathOnly);
        WriteAddress(address, at, name);
        int wide = 1 << 20;
        if (!socket.IsInvalid && !at.IsInvalid && Connect(socket, address, AddressLength) == 0)
        {
            _ = SetOption(socket, SocketLevel, SendBuffer, &wide, sizeof(int));
            return socket;
        }

        socket.Dispose();
        return null;
    }

    /// <summary>A datagram socket that sends to a path, or to an abstract name that begins with @; null when nobody is there.</summary>
    public static FileDescriptor? TryConnectTo(string path)
    {
        const int Datagram = 2; // SOCK_DGRAM
        const int SendLimit = 21; // SO_SNDTIMEO
        const int FamilyLength = 2;
        byte[] name = Encoding.UTF8.GetBytes(path);
        if (name.Length is 0 or >= AddressLength - FamilyLength) { return null; }
        if (name[0] == '@') { name[0] = 0; }
        byte* address = stackalloc byte[AddressLength];
        *(ushort*)address = Unix;
        name.CopyTo(new Span<byte>(address + FamilyLength, name.Length));
        FileDescriptor socket = Create(Unix, Datagram | CloseOnExec, 0);
        long* limit = stackalloc long[2];
        (limit[0], limit[1]) = (5, 0);
        if (!socket.IsInvalid && Connect(socket, address, FamilyLength + name.Length) == 0 && SetOption(socket, SocketLevel, SendLimit, limit, 2 * sizeof(long)) == 0) { return socket; }
        socket.Dispose();
        return null;
    }

    /// <summary>Sends a message with descriptors, without waiting unless told to, and then no longer than some seconds; false when the other end is gone or does not read.</summary>
    public static bool TrySend(FileDescriptor socket, ReadOnlySpan<byte> text, ReadOnlySpan<int> descriptors, bool waits = false)
    {
        byte* control = stackalloc byte[16 + (MostDescriptors * sizeof(int))];
        fixed (byte* at = text)
        {
            IoVector part = new() { Base = at, Length = (nuint)text.Length };
            MessageHeader message = new() { Parts = &part, PartCount = 1 };
            if (!descriptors.IsEmpty)
            {
                *(ControlHeader*)control = new() { Length = (nuint)(16 + (descriptors.Length * sizeof(int))), Level = SocketLevel, Type = Rights };
                descriptors.CopyTo(new Span<int>(control + 16, MostDescriptors));
                message.Control = control;
                message.ControlLength = (nuint)((16 + (descriptors.Length * sizeof(int)) + 7) & ~7);
            }

            return SendMessage(socket, &message, (waits ? 0 : DontWait) | NoSignal) == text.Length;
        }
    }

    /// <summary>Waits until there is something to read, or the other end is gone; false when the time is over.</summary>
    public static bool Wait(FileDescriptor socket, int ms)
    {
        // struct pollfd: descriptor, events, what happened.
        bool isHeld = false;
        try
        {
            socket.DangerousAddRef(ref isHeld);
            ulong entry = (uint)socket.Number | ((ulong)(ushort)Readable << 32);
            return Poll(&entry, 1, ms) != 0;
        }
        finally
        {
            if (isHeld) { socket.DangerousRelease(); }
        }
    }

    private static void WriteAddress(byte* address, FileDescriptor folder, string name)
    {
        // A socket's path has 107 bytes at most, and a data folder may be anywhere.
        Span<byte> to = new(address, AddressLength);
        to.Clear();
        *(ushort*)address = Unix;
        if (!folder.IsInvalid) { Encoding.UTF8.GetBytes($"/proc/self/fd/{folder.Number}/{name}", to[2..^1]); }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial FileDescriptor Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial FileDescriptor Create(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(FileDescriptor socket, void* address, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int Listen(FileDescriptor socket, int backlog);

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(FileDescriptor socket, void* address, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(FileDescriptor socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(FileDescriptor socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ulong* entries, nuint count, int ms);
}
