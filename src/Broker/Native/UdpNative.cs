using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MoshBroker.Endpoint;

namespace MoshBroker.Native;

/// <summary>UDP sockets with what .NET's cannot do: the address a datagram was sent to, its TOS byte, and many datagrams in a call.</summary>
internal static unsafe partial class UdpNative
{
    private const int InterNetwork6 = 10; // AF_INET6
    private const int Datagram = 2; // SOCK_DGRAM
    private const int NonBlocking = 0x800; // SOCK_NONBLOCK
    private const int CloseOnExec = 0x80000; // SOCK_CLOEXEC
    private const int IpLevel = 0; // IPPROTO_IP
    private const int Ip6Level = 41; // IPPROTO_IPV6
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int SendBuffer = 7; // SO_SNDBUF
    private const int ReceiveBuffer = 8; // SO_RCVBUF
    private const int SendBufferForce = 32; // SO_SNDBUFFORCE
    private const int ReceiveBufferForce = 33; // SO_RCVBUFFORCE
    private const int TypeOfService = 1; // IP_TOS
    private const int MtuDiscover = 10; // IP_MTU_DISCOVER
    private const int ReceiveTypeOfService = 13; // IP_RECVTOS
    private const int OnlyVersion6 = 26; // IPV6_V6ONLY
    private const int ReceivePacketInfo6 = 49; // IPV6_RECVPKTINFO
    private const int PacketInfo6 = 50; // IPV6_PKTINFO
    private const int MemoryInfo = 55; // SO_MEMINFO
    private const int DontWait = 0x40; // MSG_DONTWAIT

    public const int Truncated = 0x20; // MSG_TRUNC
    public const int AddressLength = 28; // struct sockaddr_in6

    // IPV6_PKTINFO (16 + 20, padded to 40) and IP_TOS (16 + 1, padded to 24).
    public const int ControlLength = 64;

    private const int PacketInfoSpace = 40;

    /// <summary>A dual-stack socket, set up as spec'd for Mosh: ECT(0), no path-MTU discovery, TOS and destination address reported.</summary>
    public static FileDescriptor? TryBind(in UdpAddress address, out int port, out int errno)
    {
        port = 0;
        FileDescriptor socket = Create(InterNetwork6, Datagram | NonBlocking | CloseOnExec, 0);
        if (socket.IsInvalid)
        {
            errno = Errno.Last;
            return null;
        }

        Set(socket, Ip6Level, OnlyVersion6, 0);
        Set(socket, Ip6Level, ReceivePacketInfo6, 1);
        // Not path-MTU discovery: an ICMP message that anybody can forge would otherwise change what we may send (IP_PMTUDISC_DONT).
        Set(socket, IpLevel, MtuDiscover, 0);
        // ECT(0). IPv6 stays without: the stock client reads no traffic class, so it could not slow down when marked.
        Set(socket, IpLevel, TypeOfService, 0x02);
        Set(socket, IpLevel, ReceiveTypeOfService, 1);
        byte* name = stackalloc byte[AddressLength];
        WriteAddress(name, address);
        int length = AddressLength;
        if (Bind(socket, name, AddressLength) != 0 || GetName(socket, name, &length) != 0)
        {
            errno = Errno.Last;
            socket.Dispose();
            return null;
        }

        errno = Errno.None;
        port = ReadAddress(name).Port;
        return socket;
    }

    /// <summary>Asks for more room than a socket has by default: as much as the system allows, and root as much as asked for.</summary>
    public static void Widen(FileDescriptor socket, int bytes)
    {
        Set(socket, SocketLevel, ReceiveBuffer, bytes);
        Set(socket, SocketLevel, ReceiveBufferForce, bytes);
        Set(socket, SocketLevel, SendBuffer, bytes);
        Set(socket, SocketLevel, SendBufferForce, bytes);
    }

    /// <summary>Fills as many headers as datagrams wait; -1 with errno when there are none.</summary>
    public static int Receive(FileDescriptor socket, MultiMessageHeader* messages, int count) =>
        ReceiveMany(socket, messages, (uint)count, DontWait, null);

    public static SendResult Send(FileDescriptor socket, in UdpPath path, ReadOnlySpan<byte> datagram)
    {
        byte* name = stackalloc byte[AddressLength];
        WriteAddress(name, path.Peer);
        byte* control = stackalloc byte[PacketInfoSpace];
        ControlHeader* header = (ControlHeader*)control;
        header->Length = 16 + 20;
        header->Level = Ip6Level;
        header->Type = PacketInfo6;
        BinaryPrimitives.WriteUInt128BigEndian(new Span<byte>(control + 16, 16), path.Local);
        // Only a link-local address needs its interface; any other may leave by the best route (the machine may have moved networks).
        *(uint*)(control + 32) = path.Peer.Scope != 0 ? path.Interface : 0;
        *(uint*)(control + 36) = 0;
        fixed (byte* bytes = datagram)
        {
            IoVector part = new() { Base = bytes, Length = (nuint)datagram.Length };
            MessageHeader message = new()
            {
                Name = name,
                NameLength = AddressLength,
                Parts = &part,
                PartCount = 1,
                Control = control,
                ControlLength = PacketInfoSpace,
            };
            if (SendMessage(socket, &message, DontWait) >= 0) { return SendResult.Sent; }
            return Errno.Last == Errno.MessageTooLong ? SendResult.TooLong : SendResult.Failed;
        }
    }

    /// <summary>Reads what came with one received datagram.</summary>
    public static UdpPath ReadPath(MessageHeader* header, out bool congestionExperienced)
    {
        congestionExperienced = false;
        UInt128 local = 0;
        uint interfaceIndex = 0;
        byte* control = (byte*)header->Control;
        for (nuint offset = 0; offset + 16 <= header->ControlLength;)
        {
            ControlHeader* item = (ControlHeader*)(control + offset);
            if (item->Length < 16) { break; }
            if (item->Level == Ip6Level && item->Type == PacketInfo6)
            {
                local = BinaryPrimitives.ReadUInt128BigEndian(new ReadOnlySpan<byte>(control + offset + 16, 16));
                interfaceIndex = *(uint*)(control + offset + 32);
            }
            else if (item->Level == IpLevel && item->Type == TypeOfService)
            {
                congestionExperienced = (*(control + offset + 16) & 0x03) == 0x03; // RFC 3168, section 5: CE.
            }

            offset += (item->Length + 7) & ~(nuint)7;
        }

        return new UdpPath(ReadAddress((byte*)header->Name), local, interfaceIndex);
    }

    /// <summary>Datagrams that the kernel threw away because this socket's receive queue was full.</summary>
    public static uint Drops(FileDescriptor socket)
    {
        uint* info = stackalloc uint[9]; // SK_MEMINFO_DROPS is the ninth.
        int length = 9 * sizeof(uint);
        return GetOption(socket, SocketLevel, MemoryInfo, info, &length) == 0 && length == 36 ? info[8] : 0;
    }

    private static void WriteAddress(byte* name, in UdpAddress address)
    {
        Span<byte> bytes = new(name, AddressLength);
        bytes.Clear();
        MemoryMarshal.Write(bytes, (ushort)InterNetwork6);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], address.Port);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[8..], address.Ip);
        MemoryMarshal.Write(bytes[24..], address.Scope);
    }

    private static UdpAddress ReadAddress(byte* name)
    {
        ReadOnlySpan<byte> bytes = new(name, AddressLength);
        return new UdpAddress(
            BinaryPrimitives.ReadUInt128BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            MemoryMarshal.Read<uint>(bytes[24..]));
    }

    private static void Set(FileDescriptor socket, int level, int option, int value) => _ = SetOption(socket, level, option, &value, sizeof(int));

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial FileDescriptor Create(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(FileDescriptor socket, byte* name, int length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetName(FileDescriptor socket, byte* name, int* length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(FileDescriptor socket, int level, int option, void* value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(FileDescriptor socket, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    private static partial int ReceiveMany(FileDescriptor socket, MultiMessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(FileDescriptor socket, MessageHeader* message, int flags);
}
