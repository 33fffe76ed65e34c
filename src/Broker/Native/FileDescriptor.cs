using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace MoshBroker.Native;

/// <summary>A kernel descriptor that this process owns.</summary>
internal sealed partial class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    public FileDescriptor()
        : base(ownsHandle: true)
    {
    }

    public FileDescriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>The number, for a table or a log; it means nothing once this is disposed.</summary>
    public int Number => (int)handle;

    /// <summary>What must happen just before the descriptor is closed: its twin in another process is dropped.</summary>
    public Action? Closing { get; set; }

    protected override bool ReleaseHandle()
    {
        Closing?.Invoke();
        return Close((int)handle) == 0;
    }

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}
