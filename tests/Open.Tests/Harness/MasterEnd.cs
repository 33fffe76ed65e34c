using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using MoshBroker.Open.Native;

namespace MoshBroker.Open.Tests.Harness;

/// <summary>The master of the session's terminal: what the program prints, and what is typed.</summary>
internal sealed class MasterEnd(SafeFileHandle master) : IDisposable
{
    private readonly StringBuilder _printed = new();

    public int Descriptor => (int)master.DangerousGetHandle();

    /// <summary>Everything until the last process has left the terminal; bytes as Latin-1, line ends as \n.</summary>
    public string ReadToEnd()
    {
        while (TryReadMore(Deadline.Generous)) { }
        return _printed.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    public string ReadUntil(string text)
    {
        while (!_printed.ToString().Contains(text, StringComparison.Ordinal))
        {
            if (!TryReadMore(Deadline.Generous)) { throw new InvalidOperationException($"the terminal ended with: {_printed}"); }
        }

        return _printed.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    /// <summary>Nothing is printed, and nobody leaves, for that long.</summary>
    public unsafe bool IsQuietFor(TimeSpan duration)
    {
        var watch = Stopwatch.StartNew();
        var entry = new SocketNative.PollEntry { Descriptor = Descriptor, Events = SocketNative.PollIn };
        while (watch.Elapsed < duration)
        {
            // -1 is a signal: a child of the test run has ended.
            if (SocketNative.Poll(&entry, 1, (int)(duration - watch.Elapsed).TotalMilliseconds + 1) > 0) { return false; }
        }

        return true;
    }

    public unsafe void Type(string text)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        fixed (byte* at = bytes) { Assert.Equal(bytes.Length, TestNative.Write(Descriptor, at, (nuint)bytes.Length)); }
    }

    public void Dispose() => master.Dispose();

    private unsafe bool TryReadMore(TimeSpan patience)
    {
        var watch = Stopwatch.StartNew();
        var entry = new SocketNative.PollEntry { Descriptor = Descriptor, Events = SocketNative.PollIn };
        while (SocketNative.Poll(&entry, 1, 1000) <= 0)
        {
            if (watch.Elapsed > patience) { throw new TimeoutException($"so far the terminal showed: {_printed}"); }
        }

        byte[] bytes = new byte[4096];
        fixed (byte* at = bytes)
        {
            nint got = TestNative.Read(Descriptor, at, (nuint)bytes.Length);
            const int NoSlaveLeft = 5;
            if (got < 0 && Marshal.GetLastPInvokeError() == NoSlaveLeft) { return false; }
            Assert.True(got > 0);
            _printed.Append(Encoding.Latin1.GetString(bytes, 0, (int)got));
            return true;
        }
    }
}
