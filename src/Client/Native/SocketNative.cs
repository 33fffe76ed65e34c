using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MoshBroker.Client.Native;

/// <summary>UDP to the server, TCP for the proxy command, and names, by libc. Structures in their 64-bit Linux layout.</summary>
internal static unsafe partial class SocketNative
{
    public const int Inet = 2;
    public const int Inet6 = 10;
    public const int Datagram = 2;
    public const int Stream = 1;
    public const int AddressLength = 28;
    public const int MessageTooLong = 90; // EMSGSIZE

    private const int IpLevel = 0;
    private const int TypeOfService = 1;
    private const int MtuDiscover = 10;
    private const int ReceiveTypeOfService = 13;
    private const int ControlLength = 64;

    /// <summary>An unbound, unconnected UDP socket as Mosh wants it: ECT(0), no path-MTU discovery, marks of congestion told. -1 and errno when there is none.</summary>
    public static int OpenUdp(int family)
    {
        int socket = Socket(family, Datagram | FileNative.NonBlocking | FileNative.CloseOnExec, 0);
        if (socket < 0) { return -1; }
        Set(socket, MtuDiscover, 0);
        if (family == Inet)
        {
            Set(socket, TypeOfService, 2);
            Set(socket, ReceiveTypeOfService, 1);
        }

        return socket;
    }

    /// <summary>0, or an errno.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> address)
    {
        fixed (byte* bytes = datagram)
        fixed (byte* name = address)
        {
            return SendTo(socket, bytes, (nuint)datagram.Length, 0, name, (uint)address.Length) >= 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>The length of a datagram; -1 and errno when there is none. One that is longer than the buffer counts as none.</summary>
    public static int Receive(int socket, Span<byte> into, out bool congestionExperienced)
    {
        congestionExperienced = false;
        byte* control = stackalloc byte[ControlLength];
        fixed (byte* bytes = into)
        {
            IoVector part = new() { Base = bytes, Length = (nuint)into.Length };
            MessageHeader message = new() { Vectors = &part, VectorCount = 1, Control = control, ControlLength = ControlLength };
            nint length = ReceiveMessage(socket, &message, 0);
            if (length < 0) { return -1; }
            if (message.ControlLength >= 17 && *(int*)(control + 8) == IpLevel && *(int*)(control + 12) == TypeOfService)
            {
                congestionExperienced = (control[16] & 3) == 3; // RFC 3168, section 5: CE.
            }

            return (message.Flags & 0x20) != 0 ? 0 : (int)length; // MSG_TRUNC
        }
    }

    /// <summary>A numeric address and a port as a sockaddr; empty when it is none.</summary>
    public static byte[] ParseAddress(string ip, int port, out int family)
    {
        byte[] name = new byte[AddressLength];
        BinaryPrimitives.WriteUInt16BigEndian(name.AsSpan(2), (ushort)port);
        string bare = ip;
        int percent = ip.IndexOf('%', StringComparison.Ordinal);
        if (percent >= 0)
        {
            bare = ip[..percent];
            uint scope = InterfaceIndex(ip[(percent + 1)..]);
            if (scope == 0) { _ = uint.TryParse(ip.AsSpan(percent + 1), out scope); }
            MemoryMarshal.Write(name.AsSpan(24), scope);
        }

        fixed (byte* at = name)
        {
            if (TextToAddress(Inet, bare, at + 4) == 1)
            {
                family = Inet;
                MemoryMarshal.Write(name, (ushort)Inet);
                return name[..16];
            }

            family = Inet6;
            if (TextToAddress(Inet6, bare, at + 8) != 1) { return []; }
            MemoryMarshal.Write(name, (ushort)Inet6);
            return name;
        }
    }

    /// <summary>The numeric form of a sockaddr.</summary>
    public static string AddressText(ReadOnlySpan<byte> address)
    {
        byte* text = stackalloc byte[64];
        fixed (byte* at = address)
        {
            return NameInfo(at, (uint)address.Length, text, 64, null, 0, 1) == 0 ? Marshal.PtrToStringUTF8((nint)text) ?? "" : ""; // NI_NUMERICHOST
        }
    }

    /// <summary>All addresses of a host for TCP, in the resolver's order; the error's words when there is none.</summary>
    public static List<byte[]> Resolve(string host, string port, out string error)
    {
        AddressInfo hints = new() { SocketType = Stream };
        AddressInfo* first = null;
        List<byte[]> found = [];
        int result = GetAddressInfo(host, port, &hints, &first);
        error = result == 0 ? "" : Marshal.PtrToStringUTF8((nint)ErrorText(result)) ?? "";
        for (AddressInfo* one = first; one != null; one = one->Next)
        {
            if (one->Family is Inet or Inet6) { found.Add(new ReadOnlySpan<byte>(one->Address, (int)one->AddressLength).ToArray()); }
        }

        if (first != null) { FreeAddressInfo(first); }
        return found;
    }

    public static int FamilyOf(ReadOnlySpan<byte> address) => MemoryMarshal.Read<ushort>(address);

    /// <summary>0, or an errno.</summary>
    public static int Connect(int socket, ReadOnlySpan<byte> address)
    {
        fixed (byte* at = address) { return Connect(socket, at, (uint)address.Length) == 0 ? 0 : Marshal.GetLastPInvokeError(); }
    }

    /// <summary>Hands a descriptor over a Unix socket, with the one byte that OpenSSH expects beside it.</summary>
    public static bool TryPass(int over, int descriptor)
    {
        byte zero = 0;
        IoVector part = new() { Base = &zero, Length = 1 };
        byte* control = stackalloc byte[24];
        *(nuint*)control = 20;
        *(int*)(control + 8) = 1; // SOL_SOCKET
        *(int*)(control + 12) = 1; // SCM_RIGHTS
        *(int*)(control + 16) = descriptor;
        MessageHeader message = new() { Vectors = &part, VectorCount = 1, Control = control, ControlLength = 24 };
        return SendMessage(over, &message, 0) == 1;
    }

    [LibraryImport(FileNative.Libc, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    private static void Set(int socket, int option, int value) => _ = SetOption(socket, IpLevel, option, &value, sizeof(int));

    [LibraryImport(FileNative.Libc, EntryPoint = "setsockopt")]
    private static partial int SetOption(int socket, int level, int option, void* value, uint length);

    [LibraryImport(FileNative.Libc, EntryPoint = "sendto", SetLastError = true)]
    private static partial nint SendTo(int socket, byte* bytes, nuint length, int flags, byte* address, uint addressLength);

    [LibraryImport(FileNative.Libc, EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport(FileNative.Libc, EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMessage(int socket, MessageHeader* message, int flags);

    [LibraryImport(FileNative.Libc, EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int socket, byte* address, uint length);

    [LibraryImport(FileNative.Libc, EntryPoint = "inet_pton", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TextToAddress(int family, string text, byte* address);

    [LibraryImport(FileNative.Libc, EntryPoint = "if_nametoindex", StringMarshalling = StringMarshalling.Utf8)]
    private static partial uint InterfaceIndex(string name);

    [LibraryImport(FileNative.Libc, EntryPoint = "getnameinfo")]
    private static partial int NameInfo(byte* address, uint length, byte* host, uint hostLength, byte* service, uint serviceLength, int flags);

    [LibraryImport(FileNative.Libc, EntryPoint = "getaddrinfo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int GetAddressInfo(string host, string port, AddressInfo* hints, AddressInfo** found);

    [LibraryImport(FileNative.Libc, EntryPoint = "freeaddrinfo")]
    private static partial void FreeAddressInfo(AddressInfo* first);

    [LibraryImport(FileNative.Libc, EntryPoint = "gai_strerror")]
    private static partial byte* ErrorText(int error);

    private struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    private struct MessageHeader
    {
        public void* Name;
        public nuint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    private struct AddressInfo
    {
        public int Flags;
        public int Family;
        public int SocketType;
        public int Protocol;
        public uint AddressLength;
        public byte* Address;
        public byte* CanonicalName;
        public AddressInfo* Next;
    }
}
