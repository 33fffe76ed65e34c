using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>A new pseudo-terminal, owned by the calling user, that expects UTF-8.</summary>
internal readonly record struct Pty(int Master, byte[] SlavePath)
{
    private const uint InputIsUtf8 = 0x4000;
    private const nuint GetWindowSize = 0x5413;
    private const nuint SetWindowSize = 0x5414;
    private const int AttributesSize = 128;

    /// <summary>False when the system gives none; <paramref name="failed"/> then names the call.</summary>
    public static unsafe bool TryOpen(WindowSize size, out Pty pty, out ReadOnlySpan<byte> failed)
    {
        pty = default;
        int master = PtyNative.OpenMaster(FileNative.OpenReadWrite | FileNative.NoControllingTerminal | FileNative.CloseOnExec);
        failed = "posix_openpt"u8;
        if (master < 0) { return false; }

        failed = "unlockpt"u8;
        if (PtyNative.Grant(master) != 0 || PtyNative.Unlock(master) != 0) { return false; }
        byte[] name = new byte[64];
        fixed (byte* at = name)
        {
            failed = "ptsname"u8;
            if (PtyNative.SlaveName(master, at, (nuint)name.Length) != 0) { return false; }
        }

        // IUTF8 makes the kernel's line editing erase characters, not bytes. The flags come first in struct termios.
        uint* attributes = stackalloc uint[AttributesSize / sizeof(uint)];
        failed = "tcsetattr"u8;
        if (PtyNative.GetAttributes(master, attributes) != 0) { return false; }
        attributes[0] |= InputIsUtf8;
        if (PtyNative.SetAttributes(master, 0, attributes) != 0) { return false; }
        failed = "TIOCSWINSZ"u8;
        if (PtyNative.Control(master, SetWindowSize, &size) != 0) { return false; }

        failed = default;
        pty = new Pty(master, name);
        return true;
    }

    /// <summary>The size of the terminal on stdin; 80×24 when there is none or it has no size, as under the mosh wrapper.</summary>
    public static unsafe WindowSize SizeOfStandardInput()
    {
        WindowSize size;
        if (PtyNative.Control(0, GetWindowSize, &size) == 0 && size.Columns > 0 && size.Rows > 0) { return size; }
        return new WindowSize { Columns = 80, Rows = 24 };
    }
}
