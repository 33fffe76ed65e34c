using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>What .NET's Unix sockets cannot do: descriptors of a peer, and who he is.</summary>
internal static unsafe partial class UnixSocketNative
{
    private const int SocketLevel = 1; // SOL_SOCKET
    private const int PeerCredentials = 17; // SO_PEERCRED
    private const int Rights = 1; // SCM_RIGHTS
    private const int DontWait = 0x40; // MSG_DONTWAIT
    private const int CloseOnExec = 0x40000000; // MSG_CMSG_CLOEXEC
    private const int CurrentFolder = -100; // AT_FDCWD
    private const int NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const uint TypeOnly = 0x1; // STATX_TYPE
    private const int MaxDescriptors = 16; // What the kernel would install beyond these it drops by itself (MSG_CTRUNC).

    /// <summary>The uid and pid of the process that connected, as the kernel noted them.</summary>
    public static bool TryGetPeer(int socket, out uint uid, out int pid)
    {
        Credentials credentials;
        int length = sizeof(Credentials);
        bool known = GetOption(socket, SocketLevel, PeerCredentials, &credentials, &length) == 0;
        uid = credentials.Uid;
        pid = credentials.Pid;
        return known;
    }

    /// <summary>Another descriptor of the same socket, closed on exec; null when there is none to be had.</summary>
    public static FileDescriptor? Duplicate(int socket)
    {
        int copy = Control(socket, 1030, 3); // F_DUPFD_CLOEXEC
        return copy < 0 ? null : new FileDescriptor(copy);
    }

    /// <summary>True when there is a socket at the path itself.</summary>
    public static bool IsSocket(string path)
    {
        // statx(2) has one layout on every architecture: mode at 28.
        byte* status = stackalloc byte[256];
        return StatX(CurrentFolder, path, NoFollow, TypeOnly, status) == 0 && (*(ushort*)(status + 28) & 0xF000) == 0xC000; // S_IFSOCK
    }

    /// <summary>Receives without waiting; descriptors that came along are added to <paramref name="descriptors"/>, which owns them.</summary>
    public static int Receive(int socket, Span<byte> buffer, List<FileDescriptor> descriptors)
    {
        const int ControlLength = 16 + (MaxDescriptors * sizeof(int));
        byte* control = stackalloc byte[ControlLength];
        nint received;
        fixed (byte* at = buffer)
        {
            IoVector part = new() { Base = at, Length = (nuint)buffer.Length };
            MessageHeader message = new() { Parts = &part, PartCount = 1, Control = control, ControlLength = ControlLength };
            received = ReceiveMessage(socket, &message, DontWait | CloseOnExec);
            if (received < 0) { return -1; }
            for (nuint offset = 0; offset + 16 <= message.ControlLength;)
            {
                ControlHeader* header = (ControlHeader*)(control + offset);
                if (header->Length < 16) { break; }
                if (header->Level == SocketLevel && header->Type == Rights)
                {
                    int* fds = (int*)(control + offset + 16);
                    for (nuint i = 0; i < (header->Length - 16) / sizeof(int); i++) { descriptors.Add(new FileDescriptor(fds[i])); }
                }

                offset += (header->Length + 7) & ~(nuint)7;
            }
        }

        return (int)received;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(int socket, int level, int option, void* value, int* length);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int socket, int command, int argument);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct Credentials
    {
        public int Pid;
        public uint Uid;
        public uint Gid;
    }
}
