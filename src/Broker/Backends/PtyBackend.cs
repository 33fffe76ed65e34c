using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Survival;

namespace MoshBroker.Backends;

/// <summary>A program in a pseudo-terminal that its user's own <c>open</c> started: we hold the master, and the pipe it waits on.</summary>
/// <remarks>
/// Both descriptors came from the user and may be shared with him, so every call on them is guarded: he can make it block at any time.
/// </remarks>
internal sealed unsafe class PtyBackend : IBackend, IReadyHandler
{
    private const int ReadsPerTurn = 8; // At most 4 KiB each (the kernel's terminal buffer); then others have their turn.
    private const int InterruptsAllowed = 2; // A machine under heavy load may be the reason, once or twice in a while.
    private const long InterruptMemoryMs = 60_000;

    private readonly FileDescriptor _master;
    private readonly EpollLoop _loop;
    private readonly byte[] _readBuffer;
    private readonly IBackendHandler _handler;
    private readonly EpollLoop.Watch _watch;
    private FileDescriptor? _release;
    private readonly Lifeline? _lifeline;
    private readonly InputJournal _journal;
    private int _interrupts;
    private MonoTime _lastInterrupt = MonoTime.Never;
    private bool _paused;
    private bool _disposed;

    /// <summary>Takes over both descriptors (no pipe for a program that does not wait) and begins to read; on the loop's thread. The buffer is the loop's, shared by all.</summary>
    public PtyBackend(FileDescriptor master, FileDescriptor? release, EpollLoop loop, byte[] readBuffer, IBackendHandler handler)
    {
        _master = master;
        _release = release;
        _loop = loop;
        _readBuffer = readBuffer;
        _handler = handler;
        _lifeline = handler.Lifeline;
        _journal = _lifeline?.Journal ?? InputJournal.Create();
        try
        {
            _lifeline?.Hold("pty", master);
            if (release is not null) { _lifeline?.Hold("release", release); }
            _watch = loop.Add(master, EpollNative.In, this);
        }
        catch
        {
            master.Dispose();
            release?.Dispose();
            throw;
        }
    }

    public int PendingInput => _disposed ? 0 : _journal.Pending;

    public bool TakesInput => _disposed || !_journal.IsFilling;

    public MonoTime StalledSince { get; private set; } = MonoTime.Forever;

    public void Release(MonoTime now)
    {
        if (_release is null) { return; }
        byte go = (byte)'\n';
        _loop.Guard.Enter();
        nint written = PtyNative.Write(_release, &go, 1);
        _loop.Guard.Leave();
        _release.Dispose();
        _release = null;
        if (written != 1) { End(BackendEnd.Failed); }
    }

    public void Send(MonoTime now, ReadOnlySpan<byte> input)
    {
        if (_disposed || input.IsEmpty) { return; }
        if (!_journal.TryAppend(input))
        {
            End(BackendEnd.Stalled);
            return;
        }

        Fault.At(FaultPoint.Journalled);
        if (_lifeline is not null) { return; } // A checkpoint must say so first.
        if (StalledSince == MonoTime.Forever) { Push(now); }
    }

    public void Push(MonoTime now)
    {
        if (_disposed || StalledSince < MonoTime.Forever || _journal.Pending == 0) { return; }
        Write(now);
        if (_disposed || _journal.Pending == 0) { return; }
        StalledSince = now;
        Watch();
    }

    public void Resize(int columns, int rows)
    {
        if (!_disposed) { PtyNative.Resize(_master, columns, rows); }
    }

    public TtyFlow Flow => _disposed ? default : PtyNative.FlowOf(_master);

    public int CountUnread()
    {
        if (_disposed) { return 0; }
        _loop.Guard.Enter();
        int count = PtyNative.CountUnread(_master);
        _loop.Guard.Leave();
        return count;
    }

    public void Pause(bool isPaused)
    {
        if (_disposed || isPaused == _paused) { return; }
        _paused = isPaused;
        Watch();
    }

    public void OnReady(MonoTime now, uint events)
    {
        if ((events & EpollNative.Out) != 0) { PushPending(now); }
        bool some = false;

        // A hang-up is reported whether we wait for it or not; what is left then is one kernel buffer.
        bool isGone = (events & ~(EpollNative.In | EpollNative.Out)) != 0;
        int reads = (events & ~EpollNative.Out) == 0 ? 0 : ReadsPerTurn;
        for (int i = 0; i < reads && !_disposed && (isGone || !_paused); i++)
        {
            int count = Read(now, out bool again);
            if (count > 0)
            {
                some = true;
                _handler.OnOutput(now, _lifeline is { IsBroken: false } lifeline ? lifeline.OnRead(count) : _readBuffer.AsSpan(0, count));
            }

            if (!again) { break; }
        }

        if (some || _disposed) { _handler.OnOutputEnd(now); }
    }

    public void OnFault(Exception failure) => _handler.OnFault(failure);

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        _loop.Remove(_watch);
        _release?.Dispose();
        _master.Dispose();
        StalledSince = MonoTime.Forever;
        if (_lifeline is null) { _journal.Dispose(); }
        else { _journal.Drop(); }
    }

    private int Read(MonoTime now, out bool again)
    {
        nint count;
        int errno;
        again = false;
        bool isKept = _lifeline is { IsBroken: false };
        if (isKept && _lifeline!.RoomLength == 0)
        {
            // The turn's end makes room.
            _handler.OnOutputEnd(now);
            if (_disposed || (isKept && _lifeline is { IsBroken: false, RoomLength: 0 })) { return 0; }
            isKept = _lifeline is { IsBroken: false };
        }

        _loop.Guard.Enter();
        fixed (byte* buffer = _readBuffer)
        {
            // Straight to where it is kept: a process that dies right here has not lost it.
            count = isKept ? PtyNative.Read(_master, _lifeline!.Room, _lifeline.RoomLength) : PtyNative.Read(_master, buffer, _readBuffer.Length);
            errno = Errno.Last;
        }

        Fault.At(FaultPoint.Printed);
        bool interrupted = _loop.Guard.Leave();
        again = count > 0;
        if (count > 0) { return (int)count; }
        if (count < 0 && errno is Errno.Again or Errno.Interrupted)
        {
            if (interrupted && errno == Errno.Interrupted) { OnInterrupted(now); }
            return 0;
        }

        End(count == 0 || errno == Errno.Io ? BackendEnd.Exited : BackendEnd.Failed);
        return 0;
    }

    private void Write(MonoTime now)
    {
        int waiting = _journal.Pending;
        _loop.Guard.Enter();
        nint count = _journal.Push(_master);
        int errno = Errno.Last;
        bool interrupted = _loop.Guard.Leave();
        // A blocking call that had written a part says so instead of EINTR.
        if (interrupted && (count < 0 ? errno == Errno.Interrupted : count < waiting)) { OnInterrupted(now); }
        if (_disposed) { return; }
        if (count < 0 && errno == Errno.Io) { _journal.Drop(); } // The program is gone; reading finds the last of its output before it says so.
        else if (count < 0 && errno is not (Errno.Again or Errno.Interrupted)) { End(BackendEnd.Failed); }
        if (!_disposed && _lifeline is null && _journal.WantsRewind) { _journal.Rewind(); }
    }

    private void OnInterrupted(MonoTime now)
    {
        if (_disposed) { return; }
        if (now.Since(_lastInterrupt) > InterruptMemoryMs) { _interrupts = 0; }
        _lastInterrupt = now;
        if (!PtyNative.IsNonBlocking(_master) || ++_interrupts > InterruptsAllowed) { End(BackendEnd.Stalled); }
    }

    private void PushPending(MonoTime now)
    {
        int before = _journal.Pending;
        Write(now);
        if (_disposed) { return; }
        if (_journal.Pending < before) { StalledSince = now; }
        if (_journal.Pending > 0) { return; }
        StalledSince = MonoTime.Forever;
        Watch();
    }

    private void Watch() => _loop.Change(_watch, (_paused ? 0 : EpollNative.In) | (StalledSince < MonoTime.Forever ? EpollNative.Out : 0));

    private void End(BackendEnd end)
    {
        if (_disposed) { return; }
        Dispose();
        _handler.OnBackendEnded(end);
    }
}
