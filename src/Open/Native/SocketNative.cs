using System.Runtime.InteropServices;

namespace MoshBroker.Open.Native;

/// <summary>A Unix stream socket and descriptors over it, by libc. Structures in their 64-bit Linux layout.</summary>
internal static unsafe partial class SocketNative
{
    public const int FamilyUnix = 1;
    public const int TypeStream = 1;
    public const int LevelSocket = 1;
    public const int Rights = 1;
    public const int NoSignal = 0x4000;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const int FamilyInet = 2;
    public const int FamilyInet6 = 10;
    public const int MonotonicClock = 1;

    [LibraryImport(FileNative.Libc, EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport(FileNative.Libc, EntryPoint = "socketpair", SetLastError = true)]
    public static partial int SocketPair(int family, int type, int protocol, int* pair);

    [LibraryImport(FileNative.Libc, EntryPoint = "connect", SetLastError = true)]
    public static partial int Connect(int socket, void* address, uint length);

    [LibraryImport(FileNative.Libc, EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint Send(int socket, MessageHeader* message, int flags);

    [LibraryImport(FileNative.Libc, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport(FileNative.Libc, EntryPoint = "inet_pton")]
    public static partial int ParseAddress(int family, byte* text, void* address);

    [LibraryImport(FileNative.Libc, EntryPoint = "clock_gettime")]
    public static partial int ReadClock(int clock, long* secondsAndNanoseconds);

    public struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    public struct MessageHeader
    {
        public void* Name;
        public nuint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>A cmsghdr that carries two descriptors.</summary>
    public struct TwoDescriptors
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int First;
        public int Second;
    }

    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
