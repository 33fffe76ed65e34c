using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>struct cmsghdr of 64-bit Linux; its data follow at 16, padded to 8.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct ControlHeader
{
    public nuint Length;
    public int Level;
    public int Type;
}
