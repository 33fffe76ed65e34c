using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace MoshBroker.Open.Native;

/// <summary>Files and descriptors, by libc.</summary>
/// <remarks>
/// Descriptors are plain numbers in this assembly: everything happens on one thread within some milliseconds, and the
/// kernel closes what is left at exit. Nothing here marshals, so that all stubs are compiled ahead of time.
/// </remarks>
internal static unsafe partial class FileNative
{
    public const string Libc = "libc";

    public const int OpenReadWrite = 2;
    public const int CloseOnExec = 0x80000;
    public const int NoControllingTerminal = 0x100;

    public const int ErrorInterrupted = 4;
    public const int ErrorNoEntry = 2;

    /// <summary>The whole file; null when it can't be read. For files of /proc, which have no size of their own.</summary>
    public static byte[]? ReadAll(ReadOnlySpan<byte> path)
    {
        int descriptor;
        fixed (byte* name = path) { descriptor = Open(name, CloseOnExec); }
        if (descriptor < 0) { return null; }
        byte[] bytes = new byte[8192];
        int length = 0;
        while (true)
        {
            if (length == bytes.Length) { Array.Resize(ref bytes, bytes.Length * 2); }
            int got = TryRead(descriptor, bytes.AsSpan(length));
            if (got <= 0)
            {
                _ = Close(descriptor);
                return got < 0 ? null : bytes.AsSpan(0, length).ToArray();
            }

            length += got;
        }
    }

    /// <summary>One read, again after a signal; 0 at the end, -1 when it failed.</summary>
    public static int TryRead(int descriptor, Span<byte> into)
    {
        while (true)
        {
            nint got;
            fixed (byte* at = into) { got = Read(descriptor, at, (nuint)into.Length); }
            if (got >= 0 || Marshal.GetLastPInvokeError() != ErrorInterrupted) { return (int)got; }
        }
    }

    /// <summary>Writes everything; false when the other end is gone.</summary>
    public static bool TryWriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* from = bytes) { written = Write(descriptor, from, (nuint)bytes.Length); }
            if (written < 0)
            {
                if (Marshal.GetLastPInvokeError() == ErrorInterrupted) { continue; }
                return false;
            }

            bytes = bytes[(int)written..];
        }

        return true;
    }

    /// <summary>One write; false when nothing was written.</summary>
    public static bool TryWriteSome(int descriptor, ReadOnlySpan<byte> bytes, out int written)
    {
        fixed (byte* from = bytes) { written = (int)Write(descriptor, from, (nuint)bytes.Length); }
        return written > 0;
    }

    /// <summary>The system's words for an error number.</summary>
    public static ReadOnlySpan<byte> DescribeError(int error) => MemoryMarshal.CreateReadOnlySpanFromNullTerminated(StrError(error));

    [LibraryImport(Libc, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Libc, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport(Libc, EntryPoint = "isatty")]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport(Libc, EntryPoint = "chdir", SetLastError = true)]
    public static partial int ChangeDirectory(byte* path);

    [LibraryImport(Libc, EntryPoint = "access")]
    public static partial int Access(byte* path, int mode);

    [LibraryImport(Libc, EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int descriptor, int into);

    [LibraryImport(Libc, EntryPoint = "dup", SetLastError = true)]
    public static partial int Duplicate(int descriptor);

    [LibraryImport(Libc, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int SetDescriptorFlags(int descriptor, int command, int flags);

    [LibraryImport(Libc, EntryPoint = "execve", SetLastError = true)]
    public static partial int Execute(byte* path, byte** arguments, byte** environment);

    [LibraryImport(Libc, EntryPoint = "open", SetLastError = true)]
    private static partial int Open(byte* path, int flags);

    [LibraryImport(Libc, EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte* into, nuint length);

    [LibraryImport(Libc, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* from, nuint length);

    [LibraryImport(Libc, EntryPoint = "strerror")]
    private static partial byte* StrError(int error);
}
