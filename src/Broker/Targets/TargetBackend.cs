using System.Text;
using MoshBroker.Actors;
using MoshBroker.Backends;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Sessions;
using MoshBroker.Survival;
using MoshBroker.Telemetry;

namespace MoshBroker.Targets;

/// <summary>A program that we start ourselves in a terminal of ours: on this machine, or an ssh to another one.</summary>
/// <remarks>
/// It is started with the client's first state, when the window's size is known. Its end is told by two signs that come in either order:
/// the terminal's hang-up, and the child's status. A way that got lost is tried again with growing pauses; meanwhile only Ctrl-C and
/// Ctrl-D are heard.
/// </remarks>
internal sealed class TargetBackend : IBackend, IBackendHandler, IScheduled
{
    private const long FirstPauseMs = 1000;
    private const long LongestPauseMs = 30_000;
    private const long StatusPatienceMs = 3000; // A program that closed its terminal and goes on is ended.
    private const long FarewellMs = 60_000; // How long the reason of an end stays on the screen.
    private const int HangUp = 1;
    private const int NoStatus = int.MinValue; // Of a program that another process started.

    private readonly TargetName _target;
    private readonly ITargetPath _path;
    private readonly EpollLoop _loop;
    private readonly byte[] _readBuffer;
    private readonly Children _children;
    private readonly IBackendHandler _handler;
    private readonly BootstrapAttempt? _attempt;
    private readonly BrokerMetrics _metrics;
    private readonly ActorTimer _timer;
    private readonly Lock _crossing = new(); // Guards what other threads leave here.
    private TargetStep? _step;
    private int? _status;
    private PtyBackend? _pty;
    private Phase _phase;
    private int _pid;
    private int _columns;
    private int _rows;
    private long _pauseMs = FirstPauseMs;
    private MonoTime _wantedAt;
    private BackendEnd _ptyEnd;
    private bool _wasRunning;
    private bool _disposed;

    public TargetBackend(TargetName target, ITargetPath path, EpollLoop loop, byte[] readBuffer, Children children, SessionFacts facts, BrokerMetrics metrics, IBackendHandler handler, SavedProgram? left = null, FileDescriptor? master = null)
    {
        _target = target;
        _path = path;
        _loop = loop;
        _readBuffer = readBuffer;
        _children = children;
        _handler = handler;
        _attempt = facts.Attempt;
        _metrics = metrics;
        _columns = facts.Columns;
        _rows = facts.Rows;
        _timer = new ActorTimer(this);
        if (left is not null) { _path.Resume(left.Connection); }
        if (master is not null) { Resume(left, master); }
    }

    private enum Phase
    {
        Waiting,
        Preparing,
        Running,

        /// <summary>The terminal has been hung up; the status has still to come.</summary>
        Ending,

        /// <summary>The connection is lost; the next try is due with the timer.</summary>
        Pausing,

        /// <summary>Over; the reason stands on the screen until a key is hit.</summary>
        Farewell,
    }

    public int PendingInput => _pty?.PendingInput ?? 0;

    public MonoTime StalledSince => _pty?.StalledSince ?? MonoTime.Forever;

    public TargetState? Target => _phase switch
    {
        Phase.Waiting or Phase.Preparing or Phase.Pausing => TargetState.Connecting,
        Phase.Running => StalledSince < MonoTime.Forever ? TargetState.Stalled : TargetState.Open,
        _ => null,
    };

    public TtyFlow Flow => _pty?.Flow ?? default;

    public int CountUnread() => _pty?.CountUnread() ?? 0;

    public Lifeline? Lifeline => _handler.Lifeline;

    public void Push(MonoTime now) => _pty?.Push(now);

    public void Release(MonoTime now)
    {
        if (_phase == Phase.Waiting) { Prepare(now); }
    }

    public void Send(MonoTime now, ReadOnlySpan<byte> input)
    {
        const byte CtrlC = 3;
        const byte CtrlD = 4;
        if (_phase == Phase.Running) { _pty!.Send(now, input); }
        else if (_phase == Phase.Preparing && !_wasRunning && input.IndexOfAny(CtrlC, CtrlD) >= 0 && _handler.OnParted(now, "")) { Dispose(); }
        else if (_phase == Phase.Farewell || (_phase is Phase.Pausing or Phase.Preparing && input.IndexOfAny(CtrlC, CtrlD) >= 0)) { Finish(BackendEnd.Lost); }
    }

    public void Resize(int columns, int rows)
    {
        (_columns, _rows) = (columns, rows);
        _pty?.Resize(columns, rows);
    }

    public void OnOutput(MonoTime now, ReadOnlySpan<byte> output) => _handler.OnOutput(now, output);

    public void OnOutputEnd(MonoTime now) => _handler.OnOutputEnd(now);

    public void OnBackendEnded(BackendEnd end)
    {
        _pty = null;
        _ptyEnd = end;
        if (_phase != Phase.Running) { return; }
        _phase = Phase.Ending;
        _loop.Schedule(this); // The status may have come already.
    }

    public void OnFault(Exception failure) => _handler.OnFault(failure);

    /// <summary>Something came from another thread.</summary>
    public void Run(MonoTime now)
    {
        if (_disposed) { return; }
        TargetStep? step;
        lock (_crossing) { (step, _step) = (_step, null); }
        if (step is not null && _phase == Phase.Preparing) { Take(now, step); }

        int? status;
        lock (_crossing)
        {
            status = _phase == Phase.Ending ? _status : null;
            if (status is not null) { _status = null; }
        }

        if (status is { } ended)
        {
            _loop.Arm(_timer, MonoTime.Forever);
            _pid = 0;
            if (_ptyEnd == BackendEnd.Exited) { Take(now, _path.OnEnded(ended == NoStatus ? null : ended)); }
            else { Finish(_ptyEnd); }
        }
        else if (_phase == Phase.Ending) { _loop.Arm(_timer, now.Plus(StatusPatienceMs)); }

        _handler.OnOutputEnd(now);
    }

    public void OnTimer(MonoTime now)
    {
        if (_disposed) { return; }
        switch (_phase)
        {
            case Phase.Pausing: Prepare(now); break;
            case Phase.Ending: _children.Signal(_pid, HangUp); break;
            case Phase.Farewell:
                Finish(BackendEnd.Lost);
                _handler.OnOutputEnd(now);
                break;
        }
    }

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        _loop.Arm(_timer, MonoTime.Forever);
        _pty?.Dispose(); // Which hangs up on the program.
        _path.Dispose();
    }

    private void Prepare(MonoTime now)
    {
        _wantedAt = now;
        _phase = Phase.Preparing;
        _attempt?.Begin(BootstrapPhase.TargetConnect);
        _path.Prepare(step =>
        {
            lock (_crossing) { _step = step; }
            _loop.Schedule(this);
        });
    }

    private void Take(MonoTime now, TargetStep step)
    {
        switch (step)
        {
            case TargetStep.Run run: Start(now, run.Program); break;
            case TargetStep.Done: Finish(BackendEnd.Exited); break;
            case TargetStep.Failed failed:
                _metrics.Targets.Failed(now, _target, failed.Reason);
                Part(now, failed.Line);
                break;
            case TargetStep.Lost lost:
                _metrics.Targets.Failed(now, _target, lost.Reason);
                _handler.OnProgram(new SavedProgram(ProgramStage.Lost));
                Tell(now, $"{lost.Line}; trying again in {_pauseMs / 1000} s (Ctrl-C ends the session)");
                _phase = Phase.Pausing;
                _loop.Arm(_timer, now.Plus(_pauseMs));
                _pauseMs = Math.Min(_pauseMs * 2, LongestPauseMs);
                break;
        }
    }

    private void Start(MonoTime now, ChildProgram program)
    {
        FileDescriptor? master = PtyPair.TryOpen(_columns, _rows, out string slave, out int error);
        int pid = 0;
        if (master is null)
        {
            Part(now, $"no terminal is to be had here ({Errno.Text(error)})");
            return;
        }

        error = program.StartIn(slave, out pid);
        if (error != 0)
        {
            master.Dispose();
            _metrics.Targets.Failed(now, _target, reason: null);
            Part(now, $"{program.Path} cannot be started ({Errno.Text(error)})");
            return;
        }

        _pid = pid;
        _phase = Phase.Running;
        _wasRunning = true;
        _attempt?.End(BootstrapPhase.TargetConnect);
        _metrics.Targets.Reached(now, _target, TimeSpan.FromMilliseconds(now.Since(_wantedAt)));
        _pauseMs = FirstPauseMs;
        _children.Add(pid, OnExit);
        _pty = new PtyBackend(master, null, _loop, _readBuffer, this);
        _handler.OnProgram(new SavedProgram(ProgramStage.Running, pid, ProcessNative.StartOf(pid), _path.Connection));
    }

    /// <summary>Its program runs, or did: the terminal's hang-up tells its end, and the process's, but no status.</summary>
    private void Resume(SavedProgram? left, FileDescriptor master)
    {
        _phase = Phase.Running;
        _wasRunning = true;
        _pid = left?.Pid ?? 0;
        bool lives = left is not null && _children.TryAdopt(left.Pid, left.StartedAt, () => OnExit(NoStatus));
        if (!lives) { _status = NoStatus; }
        _pty = new PtyBackend(master, null, _loop, _readBuffer, this);
    }

    private void OnExit(int status)
    {
        lock (_crossing) { _status = status; }
        _loop.Schedule(this);
    }

    /// <summary>Leaves the reason on the screen: a client that ended at once would take it away with its screen.</summary>
    private void Part(MonoTime now, string line)
    {
        _attempt?.End(BootstrapResult.TargetUnreachable); // Unless it was reached before.
        if (!_wasRunning && _handler.OnParted(now, line))
        {
            Dispose();
            return;
        }

        _handler.OnProgram(new SavedProgram(ProgramStage.Over));
        Tell(now, $"{line} (any key ends the session)");
        _phase = Phase.Farewell;
        _loop.Arm(_timer, now.Plus(FarewellMs));
    }

    private void Tell(MonoTime now, string line)
    {
        _handler.OnOutput(now, Encoding.UTF8.GetBytes($"\e[m\r\n[moshbroker] {line}\r\n"));
        _handler.OnOwnWords();
    }

    /// <summary>The turn's end, which every caller brings about, lets the session draw the consequence.</summary>
    private void Finish(BackendEnd end)
    {
        Dispose();
        _handler.OnBackendEnded(end);
    }
}
