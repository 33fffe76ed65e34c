using System.Runtime.InteropServices;
using MoshBroker.Native;

namespace MoshBroker.Broker.Tests.Native;

/// <summary>What a user can do to a descriptor that he shares with us.</summary>
internal static partial class TestFlags
{
    private const int GetFlags = 3; // F_GETFL
    private const int SetFlags = 4; // F_SETFL
    private const int NonBlocking = 0x800; // O_NONBLOCK

    public static void ClearNonBlocking(FileDescriptor fd) => _ = Control(fd, SetFlags, Control(fd, GetFlags, 0) & ~NonBlocking);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(FileDescriptor fd, int command, int argument);
}
