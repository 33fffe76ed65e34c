using System.Buffers.Binary;
using System.Runtime.InteropServices;
using MoshBroker.Control;
using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>A connection to the broker's control socket, good for one request.</summary>
internal sealed unsafe class ControlClient
{
    /// <summary>An answer of a few lines; more than this is not one of ours.</summary>
    private const int MaxAnswer = 64 * 1024;

    /// <summary>How long the whole exchange may take before the user is told.</summary>
    public const int TimeoutMs = 10_000;

    /// <summary>sun_path holds 108 bytes with the terminating zero.</summary>
    public const int MaxPath = 107;

    private readonly int _socket;
    private readonly long _deadlineMs;

    /// <summary>For a conversation that goes on after the answer; it does not block.</summary>
    public int Socket => _socket;

    private ControlClient(int socket, long deadlineMs)
    {
        _socket = socket;
        _deadlineMs = deadlineMs;
    }

    /// <summary>Null when nobody answers at that path; <paramref name="error"/> says why, as libc numbers it.</summary>
    public static ControlClient? TryConnect(ReadOnlySpan<byte> path, out int error)
    {
        const int NameTooLong = 36;
        error = NameTooLong;
        if (path.Length is 0 or > MaxPath) { return null; }

        Span<byte> address = stackalloc byte[2 + MaxPath + 1];
        address.Clear();
        // The family, a number in the machine's order: 64-bit Linux is little-endian wherever .NET runs, but for s390x.
        address[BitConverter.IsLittleEndian ? 0 : 1] = SocketNative.FamilyUnix;
        path.CopyTo(address[2..]);
        // Non-blocking: a listener whose queue is full makes connect wait for ever otherwise.
        const int NonBlocking = 0x800;
        int socket = SocketNative.Socket(SocketNative.FamilyUnix, SocketNative.TypeStream | FileNative.CloseOnExec | NonBlocking, 0);
        if (socket >= 0)
        {
            fixed (byte* at = address)
            {
                if (SocketNative.Connect(socket, at, (uint)(2 + path.Length + 1)) == 0)
                {
                    error = 0;
                    return new ControlClient(socket, NowMs() + TimeoutMs);
                }
            }
        }

        error = Marshal.GetLastPInvokeError();
        if (socket >= 0) { _ = FileNative.Close(socket); }
        return null;
    }

    /// <summary>Sends the request with no or two descriptors and waits for the answer; null when none comes in time or the broker hangs up.</summary>
    public ControlMessage? Ask(ControlMessage request, ReadOnlySpan<int> descriptors, out bool timedOut)
    {
        timedOut = false;
        if (!TrySend(request.ToFrame(), descriptors, ref timedOut)) { return null; }
        // The broker has its own copies now, or will have. Ours would keep the terminal open after its end.
        foreach (int descriptor in descriptors) { _ = FileNative.Close(descriptor); }

        Span<byte> prefix = stackalloc byte[4];
        if (!TryReceive(prefix, ref timedOut)) { return null; }
        uint length = BinaryPrimitives.ReadUInt32BigEndian(prefix);
        if (length > MaxAnswer) { return null; }
        byte[] body = new byte[length];
        return TryReceive(body, ref timedOut) ? ControlMessage.FromBody(body) : null;
    }

    private bool TrySend(ReadOnlySpan<byte> frame, ReadOnlySpan<int> descriptors, ref bool timedOut)
    {
        bool withRights = descriptors.Length == 2;
        var rights = new SocketNative.TwoDescriptors
        {
            Length = (nuint)sizeof(SocketNative.TwoDescriptors),
            Level = SocketNative.LevelSocket,
            Type = SocketNative.Rights,
            First = withRights ? descriptors[0] : -1,
            Second = withRights ? descriptors[1] : -1,
        };
        bool isFirst = true;
        while (!frame.IsEmpty)
        {
            if (!Await(SocketNative.PollOut, ref timedOut)) { return false; }
            nint sent;
            fixed (byte* from = frame)
            {
                var vector = new SocketNative.IoVector { Base = from, Length = (nuint)frame.Length };
                var message = new SocketNative.MessageHeader { Vectors = &vector, VectorCount = 1 };
                if (isFirst && withRights)
                {
                    message.Control = &rights;
                    message.ControlLength = rights.Length;
                }

                sent = SocketNative.Send(_socket, &message, SocketNative.NoSignal);
            }

            if (sent < 0)
            {
                if (IsTransient(Marshal.GetLastPInvokeError())) { continue; }
                return false;
            }

            isFirst = false;
            frame = frame[(int)sent..];
        }

        return true;
    }

    private bool TryReceive(Span<byte> into, ref bool timedOut)
    {
        while (!into.IsEmpty)
        {
            if (!Await(SocketNative.PollIn, ref timedOut)) { return false; }
            int got = FileNative.TryRead(_socket, into);
            if (got < 0 && IsTransient(Marshal.GetLastPInvokeError())) { continue; }
            if (got <= 0) { return false; }
            into = into[got..];
        }

        return true;
    }

    private bool Await(short what, ref bool timedOut)
    {
        while (true)
        {
            long left = _deadlineMs - NowMs();
            timedOut = left <= 0;
            if (timedOut) { return false; }
            var entry = new SocketNative.PollEntry { Descriptor = _socket, Events = what };
            int ready = SocketNative.Poll(&entry, 1, (int)left);
            if (ready > 0) { return true; }
            if (ready < 0 && !IsTransient(Marshal.GetLastPInvokeError())) { return false; }
        }
    }

    private static bool IsTransient(int error)
    {
        const int TryAgain = 11;
        return error is TryAgain or FileNative.ErrorInterrupted;
    }

    private static long NowMs()
    {
        long* time = stackalloc long[2];
        _ = SocketNative.ReadClock(SocketNative.MonotonicClock, time);
        return (time[0] * 1000) + (time[1] / 1_000_000);
    }
}
