using System.Buffers;
using System.Diagnostics;
using MoshBroker.Actors;
using MoshBroker.Backends;
using MoshBroker.Cluster;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Recording;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Survival;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>One session: a terminal, the backend that runs in it, and a channel for each client that sees it.</summary>
/// <remarks>
/// Everything but <see cref="Actor{TMessage}.Tell"/>, <see cref="Facts"/>, <see cref="Stats"/> and <see cref="Channels"/> belongs to the
/// loop's thread.
/// </remarks>
internal sealed partial class SessionActor : Actor<SessionMessage>, IBackendHandler
{
    private const long FirstClientLimitMs = 60_000; // As stock: a client that has not come by then will not come.
    private const long FarewellLimitMs = 10_000; // How long the end waits for a client that is away just now.
    private const long StallLimitMs = 5_000;
    public const int MaxPendingInput = 4 * 1024 * 1024; // Beyond it states are refused, as if lost, and sent again.

    private readonly ISessionHost _host;
    private readonly ISessionOwner _owner;
    private readonly SessionLog _log;
    private readonly ChannelSeed? _firstSeed;
    private readonly Emulator _terminal;
    private readonly QuietClock _quiet = new();
    private readonly SessionTerms _terms = new();
    private CpuBudget _cpu;
    private MonoTime _resumesAt = MonoTime.Forever;
    private readonly Func<IBackendHandler, IBackend> _startBackend;
    private IBackend? _backend;
    private Channel[] _channels = [];
    private Phase _phase = Phase.Waiting;
    private MonoTime _startedAt;
    private MonoTime _endingSince;
    private MonoTime _lastTurn;
    private BackendEnd? _backendEnd;
    private MonoTime _updatingSince;
    private ulong _updates;
    private GuardReport _guards;
    private string _label;
    private volatile bool _isMenu;

    /// <summary>Nothing happens, and no descriptor is watched, before <see cref="SessionMessage.Start"/>.</summary>
    public SessionActor(
        SessionFacts facts, ISessionHost host, ISessionOwner owner, ISupervisor supervisor, SessionLog log, Func<IBackendHandler, IBackend> startBackend, ChannelSeed? firstSeed,
        Lifeline? lifeline = null, RestoredSession? restored = null)
        : base(host.Dispatcher, supervisor)
    {
        Facts = facts;
        Tenant = host.Metrics.Tenant(facts.Tenant);
        _host = host;
        _owner = owner;
        _log = log;
        _startBackend = startBackend;
        _firstSeed = firstSeed is null ? null : firstSeed with { Kind = AttachKind.First };
        _label = facts.Command;
        _isMenu = facts.Admission is { IsLobby: true };
        Lifeline = lifeline;
        _restored = restored;
        _terminal = restored?.Terminal ?? new Emulator(facts.Columns, facts.Rows);
        Diagnosis = new SessionDiagnosis(Stats, host.Load);
        HeldEpoch = facts.Epoch;
        Stats.Columns = facts.Columns;
        Stats.Rows = facts.Rows;
    }

    private enum Phase
    {
        /// <summary>No client has been heard yet, and the program waits.</summary>
        Waiting,

        Live,

        /// <summary>The end is decided, and clients are being told.</summary>
        Ending,

        /// <summary>They know, or cannot be reached; sockets still answer what comes late.</summary>
        Over,
    }

    public SessionFacts Facts { get; }

    public SessionStats Stats { get; } = new();

    /// <summary>Why it feels frozen, if it does, and what happened to it.</summary>
    public SessionDiagnosis Diagnosis { get; }

    /// <summary>How the path to its client was. To be read from any thread.</summary>
    public PathHistory History { get; } = new();

    /// <summary>Where its clients have been. To be read from any thread.</summary>
    public PeerHistory Peers { get; } = new();

    /// <summary>What policy grants it, and when that ends. To be read from any thread, as far as its members say so.</summary>
    public SessionTerms Terms => _terms;

    /// <summary>Bytes that the program has not taken yet. From any thread.</summary>
    public int PendingInput => Volatile.Read(ref Stats.PendingInput);

    /// <summary>Until when a client must have come; <see cref="MonoTime.Forever"/> once one has. From any thread.</summary>
    public MonoTime FirstClientDeadline => _phase == Phase.Waiting ? _startedAt.Plus(FirstClientLimitMs) : MonoTime.Forever;

    /// <summary>Until when its client must be heard, where its environment asked for that. From any thread.</summary>
    public MonoTime NetworkDeadline =>
        Facts.NetworkTimeout > TimeSpan.Zero ? new MonoTime(Volatile.Read(ref Stats.LastNewState)).Plus((long)Facts.NetworkTimeout.TotalMilliseconds) : MonoTime.Forever;

    /// <summary>The number by which the tenant is counted.</summary>
    public int Tenant { get; }

    /// <summary>Where its program is now: a menu leads to one. From any thread.</summary>
    public BackendKind BackendKind => Admission?.Target is SshTarget ? BackendKind.Ssh : BackendKind.Pty;

    /// <summary>The clients; an array that is replaced, never changed, so that anybody may read it.</summary>
    public IReadOnlyList<Channel> Channels => Volatile.Read(ref _channels);

    /// <summary>The latest epoch that this process drew for the session; writes to the store name it.</summary>
    public long HeldEpoch { get; private set; }

    /// <summary>The session's recording; null without one.</summary>
    public RecordingDuty? Recording { get; init; }

    /// <summary>How it stands with its program; null when it has none. From any thread.</summary>
    public TargetState? Target => Stats.HasEnded ? null : Volatile.Read(ref _backend)?.Target;

    /// <summary>Of the processor time that policy allows, the share in use. From any thread.</summary>
    public double CpuUsed(MonoTime now) => _cpu.Used(now);

    /// <summary>False while so much input waits for the program that no more is taken.</summary>
    public bool TakesInput => _backend is null || (_backend.PendingInput < MaxPendingInput && _backend.TakesInput);

    /// <summary>What policy grants the session now; null when nobody asked it. From any thread.</summary>
    public Admission? Admission => _terms.Admission ?? Facts.Admission;

    /// <summary>What runs there, for lists. From any thread.</summary>
    public string Label => Volatile.Read(ref _label);

    /// <summary>It shows the menu, or what was chosen from it among other sessions: nothing that anybody could come back to. From any thread.</summary>
    public bool IsMenu => _isMenu;

    /// <summary>The program is drawing, and clients are shown the screen of before: what was typed since can't be on it.</summary>
    public bool IsScreenHeld => _terminal.IsUpdating;

    /// <summary>Sizes that a terminal here can have.</summary>
    public static bool IsUsableSize(int columns, int rows) => Framebuffer.IsAllowedSize(columns, rows);

    public void OnOutput(MonoTime now, ReadOnlySpan<byte> output)
    {
        try
        {
            Stats.PtyBytesRead += output.Length;
            Diagnosis.Program.OnOutput(now);
            _host.Metrics.FromProgram(output.Length);
            if (Recording is { } recording)
            {
                recording.Output(now, output);
                if (recording.HoldsBack) { _backend?.Pause(true); }
            }

            foreach (Channel channel in _channels) { channel.OnOutput(now); }
            long began = _cpu.IsLimited ? Stopwatch.GetTimestamp() : 0;
            _terminal.Write(output);
            if (_cpu.IsLimited) { SpendCpu(now, began); }
            _quiet.OnOutput(now);
            if (_terminal.SynchronizedUpdates != _updates)
            {
                _updates = _terminal.SynchronizedUpdates;
                _updatingSince = now;
            }

            if (_terminal.HasReplies) { Answer(now); }
            _guards.Report(_terminal.Guards, _host.Metrics);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    public void OnOutputEnd(MonoTime now) => OnTurnEnd(now);

    public void OnOwnWords() => SaveScreen();

    public void OnBackendEnded(BackendEnd end)
    {
        // A channel may be in the midst of handing input on: what follows from the end waits for the end of the turn.
        _backend = null;
        _backendEnd = end;
    }

    /// <summary>A turn that a descriptor began is over.</summary>
    public void OnTurnEnd(MonoTime now)
    {
        try
        {
            EndTurn(now);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    public void OnFault(Exception failure) => Fail(failure);

    /// <summary>A client sent a state with a new number: it is there.</summary>
    public void OnNewState(MonoTime now)
    {
        Stats.LastNewState = now.Milliseconds;
        Recording?.Heard(now);
        if (_phase != Phase.Waiting) { return; }
        _phase = Phase.Live;
        _isUnsaved = true;
        _backend?.Release(now);
    }

    public void OnResize(IViewer viewer) => Fit(viewer);

    public void OnMoved(Channel channel, string peer, bool roamed)
    {
        Peers.Note(channel.Now, channel.Id, peer);
        if (!roamed) { Diagnosis.Timeline.Add(channel.Now, TimelineKind.Attached, channel.Id); }
        if (!roamed && IsFirst(channel)) { Facts.Attempt?.End(BootstrapPhase.FirstDatagram); }
        if (roamed)
        {
            _log.Roamed(Facts.Id, peer);
            Recording?.Mark(channel.Now, $"{(channel.IsReadOnly ? "watcher" : "client")} roamed to {peer}");
            _owner.OnMoved(this, peer);
            return;
        }

        _log.Attached(Facts.Id, peer);
        if (!channel.IsReadOnly) { Recording?.Mark(channel.Now, $"client attached from {peer}"); } // Watchers are counted, and marked, elsewhere.
        _owner.OnAttached(this, peer, channel.Kind, channel.Watcher?.By);
    }

    /// <summary>False where policy has no client: not even its key counts there.</summary>
    public bool Allows(in UdpAddress peer) => _terms.Networks.Contains(peer.Ip);

    /// <summary>The client seems to be in two networks at once, and is answered only where it is known to hear us.</summary>
    public void OnFlapping(string peer) => _owner.OnFlapping(this, peer);

    /// <summary>True for the client that the session was opened for.</summary>
    public bool IsFirst(Channel channel) => channel.Id == _firstSeed?.Id;

    public void OnEpochNearlySpent(Channel channel) => _owner.OnEpochNearlySpent(this, channel.Id);

    protected override void Receive(MonoTime now, SessionMessage message)
    {
        switch (message)
        {
            case SessionMessage.Start:
                _startedAt = now;
                DateTimeOffset utcNow = _restored?.ResumedAt ?? Facts.CreatedAt;
                _terms.Begin(now, utcNow - Facts.CreatedAt);
                Diagnosis.Begin(now);
                if (Facts.Admission is { } admission) { Grant(now, utcNow, admission, unlocks: false); }
                try
                {
                    _backend = _startBackend(this);
                }
                catch
                {
                    _firstSeed?.Dispose();
                    _restored?.Dispose();
                    throw;
                }

                if (_restored is not null) { GoOn(now, _restored); }
                else if (_firstSeed is not null) { Add(now, _firstSeed); }
                break;
            case SessionMessage.Attach attach:
                if (_phase >= Phase.Ending) { attach.Seed.Dispose(); }
                else
                {
                    if (attach.Takes) { Take(now, "taken over from elsewhere"); }
                    Add(now, attach.Seed);
                }

                break;
            case SessionMessage.AttachStream stream:
                AddStream(now, stream);
                break;
            case SessionMessage.AttachTerminal attach:
                AddTerminal(now, attach);
                break;
            case SessionMessage.Close close:
                BeginEnd(now, close.Reason);
                break;
            case SessionMessage.Admit admit:
                Grant(now, admit.UtcNow, admit.Admission, admit.Unlocks);
                break;
            case SessionMessage.RecordingChanged when Recording is { } recording:
                _terms.Hold(recording.LockLine);
                if (recording.EndsSession) { BeginEnd(now, SessionEndReason.RecordingFailed); }
                else { _backend?.Pause(IsHeldBack); }
                break;
            case SessionMessage.Lose { Action: LossAction.Lock } lose:
                _terms.Lock(lose.Line);
                break;
            case SessionMessage.Lose lose:
                BeginEnd(now, lose.Reason);
                break;
            case SessionMessage.Unlock:
                _terms.Unlock();
                break;
            case SessionMessage.Say say:
                _terms.Say(now, say.Line);
                break;
            case SessionMessage.Detach detach:
                Detach(now, detach.ChannelId);
                break;
            case SessionMessage.Tap tap:
                AddTap(now, tap);
                break;
            case SessionMessage.Untap untap:
                RemoveTap(now, untap.Screen);
                break;
            case SessionMessage.AttachMirror attach:
                AddMirror(now, attach.Mirror);
                break;
            case SessionMessage.Mirrored:
                TakeMirrored(now);
                break;
            case SessionMessage.Unmirror leave:
                RemoveMirror(now, leave.Mirror, leave.Quits);
                break;
            case SessionMessage.Become become:
                Volatile.Write(ref _label, become.Label);
                _isMenu = become.IsMenu;
                Record = become.Record;
                SaveScreen();
                if (become.Admission.Target is { } target) { Recording?.Mark(now, $"target {target.Name}"); }
                Grant(now, become.UtcNow, become.Admission, unlocks: false);
                break;
            case SessionMessage.EpochDrawn { Epoch: { } epoch } drawn:
                HeldEpoch = epoch;
                Array.Find(_channels, channel => channel.Id == drawn.ChannelId)?.BeginEpoch(epoch);
                break;
        }
    }

    protected override void Timeout(MonoTime now)
    {
        foreach (Channel channel in _channels)
        {
            channel.OnTimeout(now);
            if (_phase == Phase.Live && !channel.HasClient && now >= channel.CreatedAt.Plus(FirstClientLimitMs)) { channel.Abandon(); }
        }

        foreach (TerminalChannel terminal in _terminals) { terminal.OnTimeout(now); }
        foreach (Mirror mirror in _mirrors) { mirror.OnTimeout(now); }

        if (now >= UpdateDeadline)
        {
            _terminal.EndSynchronizedUpdate();
            SaveScreen();
        }

        if (_phase == Phase.Waiting && now.Since(_startedAt) >= FirstClientLimitMs)
        {
            // That is the probe's result, and told by it: no person waits in vain.
            BeginEnd(now, Facts.IsProbe ? SessionEndReason.ClientQuit : SessionEndReason.NeverConnected);
        }

        if (_phase == Phase.Live && now >= NetworkDeadline) { BeginEnd(now, SessionEndReason.IdleTimeout); }
        if (_phase <= Phase.Live && _backend is { } backend && now >= backend.StalledSince.Plus(StallLimitMs)) { BeginEnd(now, SessionEndReason.PtyStalled); }
    }

    protected override MonoTime Flush(MonoTime now)
    {
        _lastTurn = now;
        if (_backendEnd is { } end)
        {
            _backendEnd = null;
            BeginEnd(now, ReasonOf(end));
            if (Stopped) { return MonoTime.Forever; }
        }

        if (now >= _resumesAt)
        {
            _resumesAt = MonoTime.Forever;
            _backend?.Pause(IsHeldBack);
        }

        Volatile.Write(ref Stats.PendingInput, _backend?.PendingInput ?? 0);
        MonoTime next = NoteWatchers(now);
        if (_phase <= Phase.Live && _terms.IsDue(now)) { ApplyTerms(now); }
        if (Stopped) { return MonoTime.Forever; }
        Commit(now);
        if (_quiet.Advance(now))
        {
            foreach (Channel channel in _channels) { channel.OnQuiet(now); }
        }

        next = MonoTime.Min(next, _quiet.NextTimeout ?? MonoTime.Forever);
        foreach (Channel channel in _channels) { next = MonoTime.Min(next, channel.Flush(now)); }
        if (_restored is not null) { HasGoneOn(); }
        next = MonoTime.Min(MonoTime.Min(MonoTime.Min(next, FlushTerminals(now)), FlushTaps(now)), FlushMirrors(now));
        if (_phase <= Phase.Live && LastToLeave(now) is { } left)
        {
            BeginEnd(now, ReasonOf(left.EndReason));
            if (Stopped) { return MonoTime.Forever; }
        }

        if (_phase == Phase.Ending && IsFarewellOver(now))
        {
            _phase = Phase.Over;
            _owner.OnEnded(this, (SessionEndReason)Stats.EndReason);
        }

        DropClosed(now);
        if (_phase == Phase.Over && _channels.Length == 0)
        {
            Stop();
            return MonoTime.Forever;
        }

        if (_phase <= Phase.Live)
        {
            Channel? channel = LastHeard();
            bool isHeld = IsHeldBack || channel is { IsHeldBack: true };
            History.Note(now, channel);
            next = MonoTime.Min(next, Diagnosis.Assess(now, channel, _backend, isAtTty: _terminals.Length + _mirrors.Length > 0, isHeld));
        }

        return MonoTime.Min(MonoTime.Min(next, UpdateDeadline), MonoTime.Min(OwnDeadline(), _phase <= Phase.Live ? ScrollbackDue : MonoTime.Forever));
    }

    protected override void Discard(SessionMessage message)
    {
        if (message is SessionMessage.Attach attach) { attach.Seed.Dispose(); }
        if (message is SessionMessage.AttachStream stream) { stream.Seed.Dispose(); }
        if (message is SessionMessage.AttachTerminal terminal) { terminal.Seed.Dispose(); }
        if (message is SessionMessage.Tap tap) { tap.Screen.Dispose(); }
        if (message is SessionMessage.AttachMirror mirror) { mirror.Mirror.Dispose(); }
    }

    protected override void OnStop()
    {
        _backend?.Dispose();
        _backend = null;
        Recording?.End(_endingSince);
        DropTerminals();
        DropTaps();
        DropMirrors();
        Channel[] channels = _channels;
        Volatile.Write(ref _channels, []);
        foreach (Channel channel in channels) { Bury(_lastTurn, channel); }
        Lifeline?.Dispose();
        _restored?.Began.TrySetResult("it could not go on");
        if (_phase != Phase.Over)
        {
            _phase = Phase.Over;
            if (!Stats.HasEnded) { Stats.EndReason = (int)SessionEndReason.InternalError; }
            _owner.OnEnded(this, (SessionEndReason)Stats.EndReason);
        }

        _owner.OnStopped(this);
    }

    /// <summary>Of those who may type, the client that was heard last.</summary>
    private Channel? LastHeard()
    {
        Channel? last = null;
        foreach (Channel channel in _channels)
        {
            if (!channel.IsReadOnly && channel.IsOpen && (last is null || channel.Path.Heard > last.Path.Heard)) { last = channel; }
        }

        return last;
    }

    /// <summary>
    /// The client that has left, when that ends the session: he said good-bye, and nobody else who may type has been heard lately; or he ended
    /// otherwise than by our word, and there is nobody else at all. A watcher neither ends a session nor keeps it.
    /// </summary>
    private Channel? LastToLeave(MonoTime now)
    {
        Channel? left = Array.FindLast(_channels, channel => !channel.IsReadOnly && channel.Phase > TransportPhase.ShuttingDown);
        return left?.EndReason switch
        {
            null or EndReason.LocalShutdown or EndReason.ShutdownUnanswered => null,
            EndReason.PeerShutdown => HasLiveUser(now) ? null : left,
            _ => _terminals.Length + _mirrors.Length > 0 || Array.Exists(_channels, channel => !channel.IsReadOnly && channel.Phase <= TransportPhase.ShuttingDown) ? null : left,
        };
    }

    private bool IsHeldBack => _resumesAt < MonoTime.Forever || Recording is { HoldsBack: true };

    private MonoTime UpdateDeadline =>
        _terminal.IsUpdating ? _updatingSince.Plus(Emulator.SynchronizedUpdateLimitMs) : MonoTime.Forever;

    private static SessionEndReason ReasonOf(EndReason reason) => reason switch
    {
        EndReason.PeerShutdown => SessionEndReason.ClientQuit,
        EndReason.CryptoLimit => SessionEndReason.CryptoLimit,
        EndReason.NonceReuse => SessionEndReason.InternalError,
        _ => SessionEndReason.ProtocolError,
    };

    private SessionEndReason ReasonOf(BackendEnd end) => end switch
    {
        BackendEnd.Stalled => SessionEndReason.PtyStalled,
        BackendEnd.Failed => SessionEndReason.BackendLost,
        BackendEnd.Lost => SessionEndReason.TargetLost,
        _ when _phase == Phase.Waiting => SessionEndReason.BackendLost,
        _ => SessionEndReason.UserExit,
    };

    private void Grant(MonoTime now, DateTimeOffset utcNow, Admission admission, bool unlocks)
    {
        _terms.Admit(now, utcNow, admission, unlocks);
        Diagnosis.Program.IsRemote = BackendKind == BackendKind.Ssh;
        foreach (Channel channel in _channels)
        {
            channel.SetRate(now, _terms.BytesPerSecond);
            channel.Meter.Backend = BackendKind;
        }

        _cpu.SetShare(now, _terms.CpuPercent);
        _terminal.Scrollback.Limit(admission.Rules.KeepsScrollback ? Scrollback.DefaultRows : 0);
    }

    private void Add(MonoTime now, ChannelSeed seed)
    {
        Channel channel;
        try
        {
            channel = new Channel(now, seed, this, _host, _terminal);
        }
        catch
        {
            seed.Dispose();
            throw;
        }

        Show(now, channel);
    }

    private void AddStream(MonoTime now, SessionMessage.AttachStream stream)
    {
        if (Array.Find(_channels, channel => channel.Id == stream.ChannelId) is not { IsClosed: false } found)
        {
            stream.Seed.Dispose();
            return;
        }

        found.AddStream(stream.Seed);
        _log.Streamed(Facts.Id, stream.Seed.Path.Peer.ToString());
        Recording?.Mark(now, $"client's datagrams come through ssh from {stream.Seed.Path.Peer}");
    }

    private void Show(MonoTime now, Channel channel)
    {
        channel.SetRate(now, _terms.BytesPerSecond);
        channel.SetOverlay(_terms.Overlay);
        Volatile.Write(ref _channels, [.. _channels, channel]);
    }

    /// <summary>A session that has used its share reads no output for a while; its program is held up by the kernel, and nobody else waits.</summary>
    private void SpendCpu(MonoTime now, long began)
    {
        _cpu.Spend(began);
        MonoTime next = _cpu.Next(now);
        if (next <= now) { return; }
        MonoTime held = _resumesAt < MonoTime.Forever ? MonoTime.Max(now, _resumesAt) : now;
        if (next > held) { _host.Metrics.Quotas.Throttled(Tenant, QuotaResource.Cpu, next.Since(held)); }
        _resumesAt = next;
        _backend?.Pause(true);
    }

    private void ApplyTerms(MonoTime now)
    {
        bool wasLocked = Stats.LockedSince > 0;
        SessionEndReason? end = _terms.Advance(now);
        foreach (Channel channel in _channels) { channel.SetOverlay(_terms.Overlay); }
        foreach (ScreenTap tap in _taps) { tap.SetOverlay(_terms.Overlay); }
        foreach (Mirror mirror in _mirrors) { mirror.SetOverlay(_terms.Overlay); }
        ApplyTermsToTerminals();
        if (_terms.IsLocked != wasLocked)
        {
            _isUnsaved = true;
            Volatile.Write(ref Stats.LockedSince, _terms.IsLocked ? now.Milliseconds : 0);
            Diagnosis.Timeline.Add(now, _terms.IsLocked ? TimelineKind.Locked : TimelineKind.Unlocked);
            _owner.OnLockChanged(this, _terms.LockLine);
        }

        if (end is { } reason) { BeginEnd(now, reason); }
    }

    /// <summary>The terminal takes the window of the client that resized or typed last.</summary>
    private void Fit(IViewer viewer)
    {
        Framebuffer frame = _terminal.Frame;
        if (viewer.IsReadOnly || viewer.Columns == 0 || (viewer.Columns == frame.Columns && viewer.Rows == frame.Rows)) { return; }
        _terminal.Resize(viewer.Columns, viewer.Rows);
        SaveScreen();
        _backend?.Resize(frame.Columns, frame.Rows);
        Stats.Columns = frame.Columns;
        Stats.Rows = frame.Rows;
        Recording?.Resize(viewer.Now, frame.Columns, frame.Rows);
        Diagnosis.Timeline.Add(viewer.Now, TimelineKind.Resized, frame.Columns, frame.Rows);
    }

    private void Answer(MonoTime now)
    {
        ArrayBufferWriter<byte> replies = _host.SendBuffer;
        replies.ResetWrittenCount();
        _terminal.TakeReplies(replies);
        _backend?.Send(now, replies.WrittenSpan);
        if (_backend is not null) { Lifeline?.OnReplies(replies.WrittenCount); }
        replies.ResetWrittenCount();
    }

    private void BeginEnd(MonoTime now, SessionEndReason reason)
    {
        if (_phase >= Phase.Ending) { return; }
        bool anybody = _phase == Phase.Live;
        _phase = Phase.Ending;
        _endingSince = now;
        Volatile.Write(ref Stats.EndReason, (int)reason);
        Diagnosis.Timeline.Add(now, TimelineKind.Ended, (int)reason);
        // The screen stays as it is now, half-drawn if the program left it so; the program is hung up on.
        _terminal.EndSynchronizedUpdate();
        if (reason == SessionEndReason.ClientQuit) { _backend?.OnClientQuit(); }
        _backend?.Dispose();
        _backend = null;
        Recording?.End(now);
        EndMirrors(reason == SessionEndReason.UserExit ? "" : $"session {Facts.Id} is over ({reason.ToName()})");
        if (!anybody)
        {
            Stop();
            return;
        }

        foreach (Channel channel in _channels) { channel.StartShutdown(now); }
        EndTerminals("the session is over");
    }

    private bool IsFarewellOver(MonoTime now) =>
        now.Since(_endingSince) >= FarewellLimitMs || !Array.Exists(_channels, channel => channel.Phase == TransportPhase.ShuttingDown);

    private void DropClosed(MonoTime now)
    {
        if (!Array.Exists(_channels, channel => channel.IsClosed)) { return; }
        foreach (Channel closed in _channels.Where(channel => channel.IsClosed))
        {
            _log.ChannelEnded(Facts.Id, closed.Id, closed.EndReason.ToString());
            Diagnosis.Timeline.Add(closed.Now, TimelineKind.Detached, closed.Id);
            Peers.Leave(now, closed.Id);
            Bury(now, closed);
        }

        Volatile.Write(ref _channels, [.. _channels.Where(channel => !channel.IsClosed)]);
        _isUnsaved = true;
    }

    private void Bury(MonoTime now, Channel channel)
    {
        if (channel.Bury(now) is { } ended) { _owner.OnBuried(this, ended); }
        channel.Dispose();
    }

    private MonoTime OwnDeadline() => _phase switch
    {
        Phase.Waiting => MonoTime.Min(_startedAt.Plus(FirstClientLimitMs), _terms.NextTimeout),
        Phase.Live when _backend is { } backend && backend.StalledSince < MonoTime.Forever =>
            MonoTime.Min(MonoTime.Min(backend.StalledSince.Plus(StallLimitMs), MonoTime.Min(NetworkDeadline, _resumesAt)), _terms.NextTimeout),
        Phase.Live => MonoTime.Min(MonoTime.Min(NetworkDeadline, _resumesAt), _terms.NextTimeout),
        Phase.Ending => _endingSince.Plus(FarewellLimitMs),
        _ => MonoTime.Forever,
    };
}
