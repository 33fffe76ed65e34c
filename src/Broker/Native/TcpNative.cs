using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>TCP by libc: .NET's sockets keep a descriptor under watch that a child has a copy of, and would be woken by every byte of its.</summary>
internal static unsafe partial class TcpNative
{
    private const int InterNetwork = 2; // AF_INET
    private const int InterNetwork6 = 10; // AF_INET6
    private const int Stream = 1; // SOCK_STREAM
    private const int NonBlocking = 0x800; // SOCK_NONBLOCK
    private const int CloseOnExec = 0x80000; // SOCK_CLOEXEC
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int ReuseAddress = 2; // SO_REUSEADDR
    private const int Ip6Level = 41; // IPPROTO_IPV6
    private const int OnlyVersion6 = 26; // IPV6_V6ONLY
    private const int Peek = 2; // MSG_PEEK
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int Backlog = 512;
    private const int AddressLength = 28; // struct sockaddr_in6

    /// <summary>A listening socket; null with errno. The wildcard of IPv6 takes both families.</summary>
    public static FileDescriptor? Listen(IPEndPoint at, out int port, out int errno)
    {
        port = 0;
        bool is6 = at.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        FileDescriptor socket = Create(is6 ? InterNetwork6 : InterNetwork, Stream | NonBlocking | CloseOnExec, 0);
        int one = 1;
        int zero = 0;
        byte* name = stackalloc byte[AddressLength];
        int length = Write(name, at);
        bool listens = !socket.IsInvalid
            && SetOption(socket, SocketLevel, ReuseAddress, &one, sizeof(int)) == 0
            && (!is6 || SetOption(socket, Ip6Level, OnlyVersion6, &zero, sizeof(int)) == 0)
            && Bind(socket, name, length) == 0
            && ListenOn(socket, Backlog) == 0;
        errno = listens ? Errno.None : Errno.Last;
        if (listens)
        {
            port = NameOf(socket, isPeer: false)?.Port ?? 0;
            return socket;
        }

        socket.Dispose();
        return null;
    }

    /// <summary>The next connection, in blocking mode as a child expects it; null when none waits.</summary>
    public static FileDescriptor? Accept(FileDescriptor listener)
    {
        FileDescriptor socket = AcceptNext(listener, null, null, CloseOnExec);
        if (!socket.IsInvalid) { return socket; }
        socket.Dispose();
        return null;
    }

    /// <summary>IPv4 as IPv4, also on a socket of both families; null when the peer has gone.</summary>
    public static IPEndPoint? NameOf(FileDescriptor socket, bool isPeer)
    {
        byte* name = stackalloc byte[AddressLength];
        int length = AddressLength;
        if ((isPeer ? GetPeer(socket, name, &length) : GetName(socket, name, &length)) != 0) { return null; }
        ReadOnlySpan<byte> bytes = new(name, AddressLength);
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (MemoryMarshal.Read<ushort>(bytes) == InterNetwork) { return new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port); }
        IPAddress address = new(bytes.Slice(8, 16));
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }

    /// <summary>What has come, left where it is: 0 when the peer has hung up, -1 with errno.</summary>
    public static int Look(FileDescriptor socket, Span<byte> buffer)
    {
        fixed (byte* at = buffer) { return (int)Receive(socket, at, (nuint)buffer.Length, Peek | DontWait); }
    }

    /// <summary>Takes that many bytes which <see cref="Look"/> has shown.</summary>
    public static void Skip(FileDescriptor socket, int count)
    {
        byte* gone = stackalloc byte[count];
        _ = Receive(socket, gone, (nuint)count, DontWait);
    }

    private static int Write(byte* name, IPEndPoint at)
    {
        Span<byte> bytes = new(name, AddressLength);
        bytes.Clear();
        bool is6 = at.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        MemoryMarshal.Write(bytes, (ushort)(is6 ? InterNetwork6 : InterNetwork));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)at.Port);
        _ = at.Address.TryWriteBytes(bytes[(is6 ? 8 : 4)..], out _);
        if (is6) { MemoryMarshal.Write(bytes[24..], (uint)at.Address.ScopeId); }
        return is6 ? AddressLength : 16;
    }

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial FileDescriptor Create(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(FileDescriptor socket, byte* name, int length);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int ListenOn(FileDescriptor socket, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial FileDescriptor AcceptNext(FileDescriptor socket, byte* name, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetName(FileDescriptor socket, byte* name, int* length);

    [LibraryImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    private static partial int GetPeer(FileDescriptor socket, byte* name, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(FileDescriptor socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(FileDescriptor socket, byte* buffer, nuint length, int flags);
}
