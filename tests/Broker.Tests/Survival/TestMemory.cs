using System.Runtime.InteropServices;
using MoshBroker.Native;

namespace MoshBroker.Broker.Tests.Survival;

/// <summary>Descriptors as an fd store would keep them.</summary>
internal static partial class TestMemory
{
    /// <summary>Another descriptor of the same open file: the position is theirs together.</summary>
    public static FileDescriptor Copy(FileDescriptor descriptor) => Duplicate(descriptor);

    [LibraryImport("libc", EntryPoint = "dup", SetLastError = true)]
    private static partial FileDescriptor Duplicate(FileDescriptor descriptor);
}
