using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>epoll(7) and eventfd(2).</summary>
internal static partial class EpollNative
{
    public const uint In = 0x001; // EPOLLIN
    public const uint Out = 0x004; // EPOLLOUT
    public const uint Error = 0x008; // EPOLLERR
    public const uint HangUp = 0x010; // EPOLLHUP

    public const int Add = 1; // EPOLL_CTL_ADD
    public const int Delete = 2; // EPOLL_CTL_DEL
    public const int Modify = 3; // EPOLL_CTL_MOD

    private const int CloseOnExec = 0x80000; // EPOLL_CLOEXEC, EFD_CLOEXEC
    private const int NonBlocking = 0x800; // EFD_NONBLOCK

    public static FileDescriptor CreateEpoll() => Checked(EpollCreate(CloseOnExec), "epoll_create1");

    public static FileDescriptor CreateEvent() => Checked(EventFd(0, CloseOnExec | NonBlocking), "eventfd");

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int Control(FileDescriptor epoll, int operation, FileDescriptor fd, ref EpollEvent what);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static unsafe partial int Wait(FileDescriptor epoll, EpollEvent* events, int capacity, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "eventfd_write", SetLastError = true)]
    public static partial int Signal(FileDescriptor eventFd, ulong value);

    [LibraryImport("libc", EntryPoint = "eventfd_read", SetLastError = true)]
    public static partial int Clear(FileDescriptor eventFd, out ulong value);

    private static FileDescriptor Checked(FileDescriptor fd, string call) => fd.IsInvalid ? throw Errno.Exception(call) : fd;

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial FileDescriptor EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial FileDescriptor EventFd(uint initial, int flags);
}
