using System.Runtime.InteropServices;
using MoshBroker.Open.Native;

namespace MoshBroker.Open.Tests.Harness;

/// <summary>The broker's side of the descriptors, by libc.</summary>
internal static unsafe partial class TestNative
{
    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint Receive(int socket, SocketNative.MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* into, nuint length);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int descriptor, byte* from, nuint length);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);
}
