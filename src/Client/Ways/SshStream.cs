using MoshBroker.Client.Native;
using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Client.Ways;

/// <summary>Datagrams through an ssh of our own: it runs the broker's end there, which says a line, and then both sides send datagrams behind their lengths.</summary>
internal sealed unsafe class SshStream : IDisposable
{
    private const int MaxPending = 32 * 1024;
    private const int ErrorTryAgain = 11;

    private readonly int _pid;
    private readonly StreamFrames _frames = new();
    private readonly byte[] _pending = new byte[MaxPending + StreamFrames.HeaderLength + DatagramLimits.MaxReceived];
    private int _pendingFrom;
    private int _pendingTo;
    private int _matched;

    private SshStream(int pid, int input, int output) => (_pid, Input, Output) = (pid, input, output);

    /// <summary>Where we write.</summary>
    public int Input { get; }

    /// <summary>Where we read.</summary>
    public int Output { get; }

    /// <summary>The broker has said that it takes datagrams.</summary>
    public bool IsReady { get; private set; }

    /// <summary>ssh has ended, or what comes makes no sense.</summary>
    public bool IsGone { get; private set; }

    /// <summary>True while something waits for ssh to take it.</summary>
    public bool HasPending => _pendingTo > _pendingFrom;

    private static ReadOnlySpan<byte> Begin => "\nMOSHBROKER STREAM\n"u8;

    /// <summary>Null when ssh can't be started.</summary>
    public static SshStream? TryStart(IReadOnlyList<string> words, IReadOnlyList<string> environment)
    {
        int* input = stackalloc int[2];
        int* output = stackalloc int[2];
        if (FileNative.Pipe(input, FileNative.CloseOnExec) != 0) { return null; }
        if (FileNative.Pipe(output, FileNative.CloseOnExec) != 0)
        {
            _ = FileNative.Close(input[0]);
            _ = FileNative.Close(input[1]);
            return null;
        }

        // What ssh has to say would stand in the middle of the screen.
        int nowhere = FileNative.Open("/dev/null", 2 | FileNative.CloseOnExec, 0);
        int result = ProcessNative.TrySpawn(words, environment, input[0], output[1], nowhere, out int pid);
        _ = FileNative.Close(input[0]);
        _ = FileNative.Close(output[1]);
        _ = FileNative.Close(nowhere);
        if (result == 0)
        {
            SetNonBlocking(input[1]);
            SetNonBlocking(output[0]);
            return new SshStream(pid, input[1], output[0]);
        }

        _ = FileNative.Close(input[1]);
        _ = FileNative.Close(output[0]);
        return null;
    }

    /// <summary>Takes a datagram; when ssh has not taken what came before, it is lost, as on a full network.</summary>
    public void Send(ReadOnlySpan<byte> datagram)
    {
        if (IsGone || _pendingTo - _pendingFrom > MaxPending) { return; }
        if (_pendingFrom > 0)
        {
            _pending.AsSpan(_pendingFrom, _pendingTo - _pendingFrom).CopyTo(_pending);
            (_pendingFrom, _pendingTo) = (0, _pendingTo - _pendingFrom);
        }

        _pendingTo += StreamFrames.Write(datagram, _pending.AsSpan(_pendingTo));
        Flush();
    }

    /// <summary>Hands on what waits.</summary>
    public void Flush()
    {
        while (HasPending && !IsGone)
        {
            int written = FileNative.TryWriteSome(Input, _pending.AsSpan(_pendingFrom, _pendingTo - _pendingFrom), out int error);
            if (written > 0) { _pendingFrom += written; }
            else if (error == ErrorTryAgain) { return; }
            else if (error != FileNative.ErrorInterrupted) { IsGone = true; }
        }
    }

    /// <summary>Reads what has come; then take it by <see cref="TryTake"/>.</summary>
    public void Fill()
    {
        Span<byte> room = _frames.Room;
        int got = FileNative.TryRead(Output, room);
        if (got <= 0)
        {
            IsGone |= got == 0 || System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != ErrorTryAgain;
            return;
        }

        ReadOnlySpan<byte> come = room[..got];
        int skipped = 0;
        while (!IsReady && skipped < got) { Match(come[skipped++]); }
        if (!IsReady) { return; }
        if (skipped > 0) { come[skipped..].CopyTo(room); }
        _frames.Advance(got - skipped);
    }

    /// <summary>The next datagram, valid until <see cref="Fill"/>.</summary>
    public bool TryTake(out ReadOnlySpan<byte> datagram)
    {
        bool has = _frames.TryTake(out datagram, out bool isBroken);
        IsGone |= isBroken;
        return has;
    }

    public void Dispose()
    {
        _ = FileNative.Close(Input);
        _ = FileNative.Close(Output);
        _ = ProcessNative.Kill(_pid, ProcessNative.SignalTerminate);
        int status;
        _ = ProcessNative.Wait(_pid, &status, 0);
    }

    private static void SetNonBlocking(int descriptor) => _ = FileNative.Control(descriptor, 4, FileNative.Control(descriptor, 3, 0) | FileNative.NonBlocking); // F_SETFL, F_GETFL

    /// <summary>Whatever a login prints comes before the line.</summary>
    private void Match(byte b)
    {
        if (b == Begin[_matched]) { _matched++; }
        else { _matched = b == Begin[0] ? 1 : 0; }
        IsReady = _matched == Begin.Length;
    }
}
