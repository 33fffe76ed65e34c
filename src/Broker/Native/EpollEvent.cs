using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>struct epoll_event of x86-64, where alone it is packed; the loop reads it through <see cref="Data"/> only.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EpollEvent
{
    public uint Events;
    public ulong Data;
}
