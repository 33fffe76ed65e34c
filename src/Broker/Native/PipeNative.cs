namespace MoshBroker.Native;

/// <summary>pipe(2).</summary>
internal static class PipeNative
{
    private const int CloseOnExec = 0x80000; // O_CLOEXEC

    /// <summary>Both ends block; false with errno when there is none to be had.</summary>
    public static unsafe bool TryMake(out FileDescriptor read, out FileDescriptor write)
    {
        int* ends = stackalloc int[2] { -1, -1 };
        bool made = SpawnNative.Pipe(ends, CloseOnExec) == 0;
        (read, write) = (new FileDescriptor(ends[0]), new FileDescriptor(ends[1]));
        return made;
    }
}
