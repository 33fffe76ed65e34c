using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace MoshBroker.Client.Native;

/// <summary>Descriptors, by libc. They are plain numbers in this assembly: one thread uses them, and most live as long as the process.</summary>
/// <remarks>.NET's Console changes the terminal's settings when it is touched, so nothing here may use it.</remarks>
internal static unsafe partial class FileNative
{
    public const string Libc = "libc";
    public const int ErrorInterrupted = 4;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const short PollHangUp = 0x10;

    /// <summary>One read, again after a signal; 0 at the end, -1 when it failed or would block.</summary>
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
                int error = Marshal.GetLastPInvokeError();
                if (error == ErrorInterrupted) { continue; }
                if (error == 11) // EAGAIN: somebody who shares the terminal made it non-blocking.
                {
                    PollEntry entry = new() { Descriptor = descriptor, Events = 4 };
                    _ = Poll(&entry, 1, 1000);
                    continue;
                }

                return false;
            }

            bytes = bytes[(int)written..];
        }

        return true;
    }

    /// <summary>One write; 0 with an errno when nothing was written.</summary>
    public static int TryWriteSome(int descriptor, ReadOnlySpan<byte> bytes, out int error)
    {
        nint written;
        fixed (byte* from = bytes) { written = Write(descriptor, from, (nuint)bytes.Length); }
        error = written > 0 ? 0 : Marshal.GetLastPInvokeError();
        return Math.Max(0, (int)written);
    }

    /// <summary>Writes a line of ours for people, on stderr.</summary>
    public static void Say(string line) => _ = TryWriteAll(2, System.Text.Encoding.UTF8.GetBytes(line + "\n"));

    /// <summary>The system's words for an error number.</summary>
    public static string DescribeError(int error) => Marshal.PtrToStringUTF8((nint)StrError(error)) ?? "error " + error;

    [LibraryImport(Libc, EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport(Libc, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport(Libc, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int CreateEvent(uint initial, int flags);

    [LibraryImport(Libc, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport(Libc, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport(Libc, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport(Libc, EntryPoint = "clock_gettime")]
    public static partial int ReadClock(int clock, long* secondsAndNanoseconds);

    [LibraryImport(Libc, EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(byte* into, nuint length, uint flags);

    [LibraryImport(Libc, EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, byte* into, nuint length);

    [LibraryImport(Libc, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, byte* from, nuint length);

    [LibraryImport(Libc, EntryPoint = "strerror")]
    private static partial byte* StrError(int error);

    internal struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }
}
