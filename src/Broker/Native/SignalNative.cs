using System.Runtime.InteropServices;

namespace MoshBroker.Native;

/// <summary>The one signal that we send ourselves: it interrupts a blocked system call of one thread, and does nothing else.</summary>
internal static partial class SignalNative
{
    // Real-time signals of glibc begin at 34, and the runtime uses the first.
    private const int Signal = 34 + 8;
    private const int Size = 152; // struct sigaction of glibc on 64 bits: handler, 128 bytes of mask, flags, restorer.

    /// <summary>Installs a handler that returns at once, without SA_RESTART, so that the interrupted call fails with EINTR.</summary>
    public static unsafe void Install()
    {
        // A managed handler may not run at any point of a thread; abs(3) takes an int, touches nothing and returns.
        nint libc = NativeLibrary.Load("libc.so.6");
        byte* action = stackalloc byte[Size];
        new Span<byte>(action, Size).Clear();
        *(nint*)action = NativeLibrary.GetExport(libc, "abs");
        if (SigAction(Signal, action, null) != 0) { throw Errno.Exception("sigaction"); }
    }

    public static int CurrentThread() => GetTid();

    public static void Interrupt(int thread) => _ = TgKill(Environment.ProcessId, thread, Signal);

    [LibraryImport("libc.so.6", EntryPoint = "sigaction", SetLastError = true)]
    private static unsafe partial int SigAction(int signal, byte* action, byte* old);

    [LibraryImport("libc.so.6", EntryPoint = "gettid")]
    private static partial int GetTid();

    [LibraryImport("libc.so.6", EntryPoint = "tgkill", SetLastError = true)]
    private static partial int TgKill(int process, int thread, int signal);
}
