using System.Runtime.InteropServices;
using MoshBroker.Native;

namespace MoshBroker.Broker.Tests.Backends;

/// <summary>A pseudo-terminal and a pipe, as a user's `open` makes them; the test is the program.</summary>
internal sealed unsafe partial class TestPty : IDisposable
{
    public TestPty()
    {
        int master;
        int slave;
        if (OpenPty(&master, &slave, null, null, null) != 0) { throw Errno.Exception("openpty"); }
        byte* settings = stackalloc byte[64];
        _ = GetAttributes(slave, settings);
        MakeRaw(settings);
        _ = SetAttributes(slave, 0, settings);
        int* ends = stackalloc int[2];
        if (Pipe(ends, 0) != 0) { throw Errno.Exception("pipe"); }
        Master = new FileDescriptor(master);
        UsersCopy = new FileDescriptor(Duplicate(master));
        Slave = new FileDescriptor(slave);
        WaitingEnd = new FileDescriptor(ends[0]);
        Release = new FileDescriptor(ends[1]);
        PtyNative.Adopt(Master);
        PtyNative.Adopt(Release);
    }

    public FileDescriptor Master { get; }

    /// <summary>The master as the user may have kept it.</summary>
    public FileDescriptor UsersCopy { get; }

    public FileDescriptor Slave { get; }

    public FileDescriptor WaitingEnd { get; }

    public FileDescriptor Release { get; }

    public void Print(ReadOnlySpan<byte> output)
    {
        fixed (byte* at = output) { _ = PtyNative.Write(Slave, at, output.Length); }
    }

    /// <summary>Reads what a descriptor has now, waiting for the first byte.</summary>
    public static byte[] Read(FileDescriptor fd, int most = 65536)
    {
        byte[] buffer = new byte[most];
        fixed (byte* at = buffer)
        {
            nint count = PtyNative.Read(fd, at, most);
            return buffer[..(int)Math.Max(0, count)];
        }
    }

    public void Dispose()
    {
        Master.Dispose();
        UsersCopy.Dispose();
        Slave.Dispose();
        WaitingEnd.Dispose();
        Release.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "openpty", SetLastError = true)]
    private static partial int OpenPty(int* master, int* slave, byte* name, byte* settings, byte* size);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int fd);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetAttributes(int fd, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetAttributes(int fd, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte* settings);
}
