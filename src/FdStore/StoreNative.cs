using System.Runtime.InteropServices;

namespace MoshBroker.FdStore;

/// <summary>The few system calls of the store. Structures in their 64-bit Linux layout.</summary>
internal static unsafe partial class StoreNative
{
    public const short PollIn = 1;
    public const int DontWait = 0x40; // MSG_DONTWAIT
    public const int NoSignal = 0x4000; // MSG_NOSIGNAL
    public const int CloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    public const int SocketLevel = 1; // SOL_SOCKET
    public const int Rights = 1; // SCM_RIGHTS
    private const int PeerCredentials = 17; // SO_PEERCRED
    private const int AcceptCloseOnExec = 0x80000; // SOCK_CLOEXEC
    private const int Dumpable = 4; // PR_SET_DUMPABLE

    /// <summary>Keeps processes of the same account from tracing this one, and from opening what it holds under /proc.</summary>
    public static void HideFromPeers() => _ = Control(Dumpable, 0, 0, 0, 0);

    /// <summary>True when the process at the other end has the account of this one.</summary>
    public static bool IsOurs(int socket)
    {
        uint* credentials = stackalloc uint[3]; // pid, uid, gid
        int length = 3 * sizeof(uint);
        return GetOption(socket, SocketLevel, PeerCredentials, credentials, &length) == 0 && credentials[1] == EffectiveUser();
    }

    public static int Accept(int listener) => Accept4(listener, null, null, AcceptCloseOnExec);

    public static bool Exists(byte[] path)
    {
        fixed (byte* at = path) { return Access(at, 0) == 0; }
    }

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint Receive(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint Send(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int Accept4(int listener, void* address, int* length, int flags);

    [LibraryImport("libc", EntryPoint = "access")]
    private static partial int Access(byte* path, int mode);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    private static partial int GetOption(int socket, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int what, nuint a, nuint b, nuint c, nuint d);

    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public void* Name;
        public nuint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }
}
