using System.Runtime.InteropServices;
using MoshBroker.Control;
using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>Passes a client's datagrams between its ssh and the broker, as they are: both ends know where each begins.</summary>
internal static unsafe class StreamRelay
{
    private const int BufferLength = 16 * 1024;
    private const int TryAgain = 11;

    /// <summary>What the client waits for: whatever a login prints comes before it.</summary>
    private static ReadOnlySpan<byte> Begin => "\nMOSHBROKER STREAM\n"u8;

    /// <summary>Asks the broker, and relays until either side is gone.</summary>
    /// <returns>An exit status.</returns>
    public static int Run(ControlClient broker, ControlMessage request, ByteText notices)
    {
        ControlMessage? answer = broker.Ask(request, [], out bool timedOut);
        if (answer is null || !answer.Head.SequenceEqual("ok"u8))
        {
            if (timedOut) { notices.AppendNotice("the broker did not answer within 10 seconds"u8); }
            else { notices.AppendNotice(answer?.Find("message"u8) ?? "the broker closed the connection without an answer"u8); }
            _ = FileNative.TryWriteAll(2, notices.Span);
            return 1;
        }

        if (!FileNative.TryWriteAll(1, Begin)) { return 1; }
        Relay(broker.Socket);
        return 0;
    }

    private static void Relay(int socket)
    {
        byte[] buffer = new byte[BufferLength];
        SocketNative.PollEntry* entries = stackalloc SocketNative.PollEntry[2];
        while (true)
        {
            entries[0] = new SocketNative.PollEntry { Descriptor = 0, Events = SocketNative.PollIn };
            entries[1] = new SocketNative.PollEntry { Descriptor = socket, Events = SocketNative.PollIn };
            if (SocketNative.Poll(entries, 2, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == FileNative.ErrorInterrupted) { continue; }
                return;
            }

            if (entries[0].Happened != 0)
            {
                int got = FileNative.TryRead(0, buffer);
                if (got <= 0 || !TryWriteAll(socket, buffer.AsSpan(0, got))) { return; }
            }

            if (entries[1].Happened != 0)
            {
                int got = FileNative.TryRead(socket, buffer);
                if (got < 0 && Marshal.GetLastPInvokeError() == TryAgain) { continue; }
                if (got <= 0 || !FileNative.TryWriteAll(1, buffer.AsSpan(0, got))) { return; }
            }
        }
    }

    /// <summary>The socket does not block; the broker takes what comes without delay.</summary>
    private static bool TryWriteAll(int socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (FileNative.TryWriteSome(socket, bytes, out int written))
            {
                bytes = bytes[written..];
                continue;
            }

            if (Marshal.GetLastPInvokeError() is not (TryAgain or FileNative.ErrorInterrupted)) { return false; }
            SocketNative.PollEntry entry = new() { Descriptor = socket, Events = SocketNative.PollOut };
            _ = SocketNative.Poll(&entry, 1, -1);
        }

        return true;
    }
}
