using System.Runtime.InteropServices;
using MoshBroker.Native;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A real pseudo-terminal whose program is the test; the kernel echoes what is typed.</summary>
internal sealed partial class TestPty : IDisposable
{
    private const int ReadWrite = 2;
    private const int NoControllingTerminal = 0x100;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const nuint Unlock = 0x4004_5431; // TIOCSPTLCK
    private const nuint OpenPeer = 0x5441; // TIOCGPTPEER

    private readonly FileDescriptor _slave;
    private readonly FileDescriptor _released;

    public unsafe TestPty()
    {
        Master = Open("/dev/ptmx", ReadWrite | NoControllingTerminal | NonBlocking | CloseOnExec);
        int off = 0;
        int* ends = stackalloc int[2];
        if (Master.IsInvalid || Control(Master, Unlock, &off) != 0 || Pipe(ends, CloseOnExec) != 0) { throw Errno.Exception("a terminal for the test"); }
        _slave = new FileDescriptor(Control(Master, OpenPeer, (void*)(ReadWrite | NoControllingTerminal | CloseOnExec)));
        _released = new FileDescriptor(ends[0]);
        Release = new FileDescriptor(ends[1]);
    }

    /// <summary>For the session, which takes it over.</summary>
    public FileDescriptor Master { get; }

    /// <summary>The pipe that the program would wait on; for the session as well.</summary>
    public FileDescriptor Release { get; }

    /// <summary>The program prints; returns once the terminal has taken all of it.</summary>
    public unsafe void Print(ReadOnlySpan<byte> output)
    {
        fixed (byte* bytes = output)
        {
            for (nint done = 0; done < output.Length;)
            {
                nint count = PtyNative.Write(_slave, bytes + done, output.Length - done);
                if (count <= 0) { throw Errno.Exception("write"); }
                done += count;
            }
        }
    }

    public void Dispose()
    {
        _slave.Dispose();
        _released.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial FileDescriptor Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Control(FileDescriptor fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static unsafe partial int Pipe(int* ends, int flags);
}
