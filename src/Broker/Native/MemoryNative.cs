using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>Memory that a descriptor stands for, so that it outlives the process; and handing it to a terminal without passing through here.</summary>
internal static unsafe partial class MemoryNative
{
    private const uint CloseOnExec = 1; // MFD_CLOEXEC
    private const int ReadWrite = 3; // PROT_READ | PROT_WRITE
    private const int Shared = 1; // MAP_SHARED
    private const int EmptyPath = 0x1000; // AT_EMPTY_PATH
    private const uint SizeOnly = 0x200; // STATX_SIZE
    private const int SetPosition = 0; // SEEK_SET
    private const int FromPosition = 1; // SEEK_CUR

    /// <summary>Memory of that length, all zeros; pages are taken when they are first written.</summary>
    public static FileDescriptor Create(string name, long length)
    {
        FileDescriptor memory = Create(name, CloseOnExec);
        if (memory.IsInvalid || Truncate(memory, length) != 0)
        {
            IOException failure = Errno.Exception("memfd_create");
            memory.Dispose();
            throw failure;
        }

        return memory;
    }

    /// <summary>Maps the first bytes of it; null when it is shorter, or no such memory.</summary>
    public static byte* TryMap(FileDescriptor memory, long length)
    {
        // Beyond the end of a file, a mapping may not be touched. (Not by lseek: that would move the position which all copies share.)
        byte* status = stackalloc byte[256]; // statx(2) has one layout on every architecture: the size is at 40.
        if (StatX(memory, "", EmptyPath, SizeOnly, status) != 0 || *(long*)(status + 40) < length) { return null; }
        nint at = Map(0, (nuint)length, ReadWrite, Shared, memory, 0);
        return at == -1 ? null : (byte*)at;
    }

    public static void Unmap(byte* at, long length) => _ = Unmap((nint)at, (nuint)length);

    /// <summary>Where the descriptor's next read would be; all its copies, in all processes, share that.</summary>
    public static long PositionOf(FileDescriptor memory) => Seek(memory, 0, FromPosition);

    public static void SetPositionOf(FileDescriptor memory, long position) => _ = Seek(memory, position, SetPosition);

    /// <summary>Moves bytes from the position on to a terminal, and the position with them: one system call. -1 with errno.</summary>
    public static nint Send(FileDescriptor to, FileDescriptor memory, long count) => SendFile(to, memory, null, (nuint)count);

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial FileDescriptor Create(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int Truncate(FileDescriptor memory, long length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, FileDescriptor memory, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(FileDescriptor memory, string path, int flags, uint mask, byte* status);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(FileDescriptor memory, long offset, int from);

    [LibraryImport("libc", EntryPoint = "sendfile", SetLastError = true)]
    private static partial nint SendFile(FileDescriptor to, FileDescriptor from, long* offset, nuint count);
}
