using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using MoshBroker.Actors;
using MoshBroker.Audit;
using MoshBroker.Backends;
using MoshBroker.Cluster;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Endpoint;
using MoshBroker.FrontDoor;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Recording;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>All sessions of this node: makes them, finds them, lists them, ends them.</summary>
internal sealed partial class SessionHub : ISessionOwner, ISupervisor, IAsyncDisposable
{
    private static readonly TimeSpan EndedKept = TimeSpan.FromMinutes(5); // For somebody who asks what became of a session.
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(3); // A client that hears us answers within one frame interval.

    private readonly HubSettings _settings;
    private readonly ISessionStore _store;
    private readonly KeySealer _sealer;
    private readonly SecureRandom _random;
    private readonly SessionLog _log;
    private readonly IAuditTrail _audit;
    private readonly BrokerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly PortPool _ports;
    private readonly SessionWorker[] _workers;
    private readonly MonoClock _clock;
    private readonly Watchdog _watchdog;
    private readonly ConcurrentDictionary<string, SessionEntry> _sessions = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Task> _lastEnds = [];
    private readonly SessionQuotas _quotas = new();
    private readonly EndedChannels _ended;
    private int _live;
    private readonly RecordingService? _recordings;
    private volatile bool _stopping;
    private volatile bool _draining;

    /// <exception cref="Configuration.StartRefusedException">There is no port to be had.</exception>
    public SessionHub(HubSettings settings, ISessionStore store, KeySealer sealer, SessionLog log, IAuditTrail audit, BrokerMetrics metrics, TimeProvider time)
    {
        _settings = settings;
        _store = store;
        _sealer = sealer;
        _random = new SecureRandom();
        _log = log;
        _audit = audit;
        _metrics = metrics;
        _time = time;
        _clock = new MonoClock(time);
        _recordings = settings.Recordings?.Invoke(_clock);
        _ended = new EndedChannels(settings.Capacity.Tombstones, ForgetEnded);
        _workers = [.. Enumerable.Range(1, settings.Workers).Select(number => new SessionWorker(_clock, number, metrics) { Offer = settings.Offer })];
        IDispatcher[] loops = [.. _workers.Select(worker => worker.Loop)];
        _ports = new PortPool(settings.ListenHost, settings.Ports, settings.EndpointLog, ShareSocket, InheritedSocket, settings.Left.Keys.Count(name => name.Contains("/udp", StringComparison.Ordinal)));
        SharedPort ShareSocket(FileDescriptor socket, int port)
        {
            settings.FdStore?.Put(SharedSocketName(port), socket);
            return new SharedPort(socket, port, _clock, loops, metrics, settings.EndpointLog, waits: settings.Left.Count > 0);
        }

        FileDescriptor? InheritedSocket(int port) => settings.Left.Remove(SharedSocketName(port), out FileDescriptor? socket) ? socket : null;

        _watchdog = new Watchdog(_workers.Select(worker => worker.Loop.Guard));
        foreach (SessionWorker worker in _workers) { worker.Loop.Start(); }
        foreach (string tenant in settings.Policy().Tenants.Keys) { metrics.Tenant(tenant); }
        metrics.Registry.OnCollect(() =>
        {
            metrics.SetLive(CountLive());
            metrics.Recordings.SetLag(_recordings?.LagSeconds ?? 0);
        });
    }

    /// <summary>Live sessions.</summary>
    public int Count => Volatile.Read(ref _live);

    /// <summary>The ports that channels share; how their datagrams find their sessions is counted there.</summary>
    public IReadOnlyList<SharedPort> SharedPorts => _ports.Shared;

    /// <summary>True when disposing ends no session: another process goes on with them. So it is until a start is complete.</summary>
    public bool LeavesSessions { get; set; }

    /// <summary>True once no new session is taken.</summary>
    public bool IsStopping => _stopping;

    /// <summary>From now on no new session is taken; those that live go on until the hub is disposed of.</summary>
    public void StopTaking() => _stopping = true;

    /// <summary>No new session is taken any more; those that are there go on.</summary>
    public bool IsDraining => _draining || _stopping;

    /// <summary>Sessions, oldest first; for a while also the ended ones.</summary>
    public IReadOnlyList<SessionView> Sessions
    {
        get
        {
            Forget();
            return [.. _sessions.Values.OrderBy(entry => entry.Actor.Facts.CreatedAt).Select(View)];
        }
    }

    /// <summary>Live sessions' numbers, for metrics.</summary>
    public IReadOnlyList<SessionReading> Readings
    {
        get
        {
            MonoTime now = _clock.Now();
            DateTimeOffset wall = _time.GetUtcNow();
            return [.. _sessions.Values.Where(entry => !entry.Actor.Stats.HasEnded).Select(entry => SessionReadings.Of(entry.Actor, now, wall))];
        }
    }

    /// <summary>Makes a session of what <c>open</c> brought; takes over the request's descriptors, whatever the answer.</summary>
    public async Task<OpenAnswer> OpenAsync(OpenRequest request, CancellationToken cancellation)
    {
        BootstrapAttempt attempt = request.Attempt ?? new BootstrapAttempt(_metrics, Stopwatch.GetTimestamp());
        attempt.Tenant = _metrics.Tenant(request.Admission?.Tenant ?? Policy.DropInTenant);
        attempt.Begin(BootstrapPhase.Placement);
        try
        {
            OpenAnswer answer = await PlaceAsync(request, attempt, cancellation);
            if (answer is OpenAnswer.Refused refused) { attempt.End(refused.Result); }
            return answer;
        }
        catch
        {
            attempt.End(BootstrapResult.Error);
            throw;
        }
    }

    private async Task<OpenAnswer> PlaceAsync(OpenRequest request, BootstrapAttempt attempt, CancellationToken cancellation)
    {
        Forget();
        if (Refusal(request) is { } refusal)
        {
            request.Dispose();
            return refusal;
        }

        string account = AccountNative.NameOf(request.Uid);
        Decision decision = TakePlace(request.Admission, account);
        if (decision.Admission is not { } admission)
        {
            request.Dispose();
            return Deny(decision.Denial!, request.Admission?.Tenant ?? Policy.DropInTenant, request.Admission?.User ?? account, request);
        }

        (string tenant, string user) = PlaceOf(admission);

        List<string> warnings = [];
        ChannelPlace? place = null;
        if (!request.IsWithoutChannel)
        {
            (place, OpenAnswer.Refused? noPort) = await HoldPortAsync(request.Bind, request.Ports, admission.Rules.Ports, warnings);
            if (place is null)
            {
                _quotas.Release(tenant, user);
                request.Dispose();
                return noPort!;
            }
        }

        SessionKey key = SessionKey.Generate(_random);
        SessionGrant grant;
        try
        {
            NewChannel? channel = place is null ? null : new(place.Port, context => _sealer.Seal(context, key.Bytes));
            NewSession created = new(request.Uid, _settings.Node, request.Command, channel)
            {
                Incarnation = _settings.Incarnation,
                Tenant = admission.Tenant,
                User = admission.User,
                Target = admission.Target?.Name,
                CanMove = admission.Target is SshTarget { Reattach: not null },
            };
            grant = await _store.CreateSessionAsync(created, cancellation);
        }
        catch (Exception failure)
        {
            _quotas.Release(tenant, user);
            request.Dispose();
            place?.Dispose();
            key.Dispose();
            if (failure is StoreUnavailableException) { return new OpenAnswer.Refused(failure.Message); }
            throw;
        }

        byte[] printed = new byte[SessionKey.PrintedLength];
        key.WritePrinted(printed);
        SessionFacts facts = new()
        {
            Id = grant.SessionId,
            Epoch = grant.Epoch,
            Uid = request.Uid,
            User = admission.User,
            Command = request.Command,
            IsProbe = request.IsProbe,
            Pid = request.Pid,
            CreatedAt = _time.GetUtcNow(),
            Columns = request.Columns,
            Rows = request.Rows,
            NetworkTimeout = request.NetworkTimeout,
            Admission = admission,
            Entry = request.Entry,
            Attempt = attempt,
        };
        SessionActor? actor = null;
        RecordingDuty? recording = StartRecording(facts, admission, () => Volatile.Read(ref actor)?.Tell(new SessionMessage.RecordingChanged()), goesOn: false, out string? refusedRecording);
        if (refusedRecording is not null)
        {
            _quotas.Release(tenant, user);
            request.Dispose();
            place?.Dispose();
            key.Dispose();
            await _store.EndSessionAsync(facts.Id, facts.Epoch, SessionEndReason.RecordingFailed, cancellation);
            return new OpenAnswer.Refused(refusedRecording);
        }

        if (place is null) { key.Dispose(); }
        int port = place?.Port ?? 0;
        attempt.Placed(facts.Id, awaitsClient: place is not null, awaitsTarget: admission.Target is not null);
        Volatile.Write(ref actor, Begin(facts, request, recording, place is null ? null : worker => place.Take(grant.ChannelId, grant.Epoch, key, worker)));
        _log.Opened(facts.Id, facts.Uid, port, request.ClaimedClient ?? "nowhere");
        _audit.Write(new AuditEvent(AuditEventName.SessionStart)
        {
            Session = facts.Id,
            Tenant = admission.Tenant,
            User = facts.User,
            ClientAddress = request.Client?.ToString(),
            Target = admission.Target?.Name,
            ClaimedAddress = request.ClaimedClient,
            More = AuditEvent.Attribute("process.command", facts.Command),
        });
        return new OpenAnswer.Accepted(port, printed, facts.Id, warnings);
    }

    /// <summary>Live sessions of a user and of his tenant.</summary>
    public SessionCounts CountOf(string tenant, string user) => _quotas.Count(tenant, user);

    /// <summary>Asks policy again for every live session: what changed takes effect; whoever lost his right is locked out, or his session ends.</summary>
    public void ApplyPolicy()
    {
        Policy policy = _settings.Policy();
        foreach (string tenant in policy.Tenants.Keys) { _metrics.Tenant(tenant); }
        DateTimeOffset now = _time.GetUtcNow();
        foreach (SessionEntry entry in _sessions.Values)
        {
            if (entry.Actor.Stats.HasEnded || entry.Actor.Admission is not { } admission) { continue; }
            SendWatchersAway(entry, policy, now);
            Decision decision = policy.DecideAgain(admission, now);
            if (decision.Admission is { } renewed)
            {
                entry.Actor.Tell(new SessionMessage.Admit(renewed, now, Unlocks: false));
                continue;
            }

            Denial denial = decision.Denial!;
            TenantRules rules = (admission.Tenant == Policy.DropInTenant ? policy.DropIn : policy.Tenants.GetValueOrDefault(admission.Tenant)?.Rules) ?? admission.Rules;
            bool isExpiry = denial.Reason is DenyReason.CertificateExpired or DenyReason.GrantExpired or DenyReason.UserExpired or DenyReason.OutsideWindow;
            entry.Actor.Tell(new SessionMessage.Lose(
                isExpiry ? rules.OnExpiry : rules.OnRevocation, isExpiry ? SessionEndReason.LeaseExpired : SessionEndReason.Revoked, denial.UserLine));
        }
    }

    private static void SendWatchersAway(SessionEntry entry, Policy policy, DateTimeOffset now)
    {
        foreach (Channel channel in entry.Actor.Channels)
        {
            if (channel.Watcher?.IsStillAllowed(policy, now) == false) { entry.Actor.Tell(new SessionMessage.Detach(channel.Id)); }
        }

        foreach (TerminalChannel terminal in entry.Actor.Terminals)
        {
            if (terminal.Watcher?.IsStillAllowed(policy, now) == false) { entry.Actor.Tell(new SessionMessage.Detach(terminal.Id)); }
        }
    }

    public void OnLockChanged(SessionActor session, string? reason)
    {
        _log.LockChanged(session.Facts.Id, reason ?? "unlocked");
        _audit.Write(new AuditEvent(reason is null ? AuditEventName.Unlock : AuditEventName.Lock)
        {
            Session = session.Facts.Id,
            Tenant = session.Admission?.Tenant,
            User = session.Facts.User,
            Reason = reason,
        });
    }

    public void OnEnded(SessionActor session, SessionEndReason reason)
    {
        Interlocked.Decrement(ref _live);
        session.Facts.Attempt?.Close(reason.ToName());
        _metrics.SessionEnded(session.Tenant, reason, _time.GetUtcNow() - session.Facts.CreatedAt);
        _log.Ended(session.Facts.Id, reason.ToName());
        _audit.Write(new AuditEvent(AuditEventName.SessionEnd) { Session = session.Facts.Id, Tenant = session.Facts.Admission?.Tenant, User = session.Facts.User, Reason = reason.ToName() });
        if (_sessions.TryGetValue(session.Facts.Id, out SessionEntry? ended))
        {
            (string tenant, string user) = ended.GivePlace();
            _quotas.Release(tenant, user);
        }

        Task recorded = RecordEndAsync(session, reason);
        if (_stopping) { _lastEnds.Add(recorded); }
        ended?.MarkEnded(_time.GetUtcNow());
    }

    public void OnStopped(SessionActor session)
    {
        if (_sessions.TryGetValue(session.Facts.Id, out SessionEntry? entry)) { lock (_workers) { entry.Worker.Sessions--; } }
    }

    public void OnAttached(SessionActor session, string from, AttachKind kind, string? by)
    {
        if (_sessions.TryGetValue(session.Facts.Id, out SessionEntry? entry) && by is null) { entry.MovesTo(SessionLine.NetworkOf(from)); }
        Dictionary<string, string> more = AuditEvent.Attribute("moshbroker.attach", kind.ToString().ToLowerInvariant());
        if (by is not null) { more["moshbroker.by"] = by; }
        _audit.Write(new AuditEvent(AuditEventName.Attach)
        {
            Session = session.Facts.Id,
            Tenant = session.Facts.Tenant,
            User = session.Facts.User,
            ClientAddress = from,
            More = more,
        });
    }

    public void OnMoved(SessionActor session, string peer)
    {
        // Clients hop ports every 10 s while nothing comes back: that is the path's story, not the auditor's.
        string network = SessionLine.NetworkOf(peer);
        if (_sessions.TryGetValue(session.Facts.Id, out SessionEntry? entry) && !entry.MovesTo(network)) { return; }
        _audit.Write(new AuditEvent(AuditEventName.Roam)
        {
            Session = session.Facts.Id,
            Tenant = session.Facts.Admission?.Tenant,
            User = session.Facts.User,
            ClientAddress = peer,
        });
    }

    public void OnFlapping(SessionActor session, string peer)
    {
        _log.Flapping(session.Facts.Id, peer);
        _audit.Write(new AuditEvent(AuditEventName.Flapping)
        {
            Session = session.Facts.Id,
            Tenant = session.Facts.Admission?.Tenant,
            User = session.Facts.User,
            ClientAddress = peer,
        });
    }

    public void OnEpochNearlySpent(SessionActor session, int channelId) => _ = DrawEpochAsync(session, channelId);

    public void OnFailure(object actor, Exception failure)
    {
        _metrics.ActorFailed(ActorKind.Session);
        _log.Failed(((SessionActor)actor).Facts.Id, failure);
    }

    public async ValueTask DisposeAsync()
    {
        _stopping = true;
        if (LeavesSessions)
        {
            // What is saved is saved in every turn; after the last one nothing more is.
            _settings.FdStore?.Detach();
            _watchdog.Dispose();
            foreach (SessionWorker worker in _workers) { worker.Dispose(); }
            _recordings?.Leave();
            _recordings?.Dispose();
            _ports.Dispose();
            _random.Dispose();
            return;
        }

        SessionEntry[] live = [.. _sessions.Values.Where(entry => !entry.Ended.IsCompleted)];
        foreach (SessionEntry entry in live) { entry.Actor.Tell(new SessionMessage.Close(SessionEndReason.Shutdown)); }
        await Task.WhenAny(Task.WhenAll(live.Select(entry => entry.Ended)), Task.Delay(FarewellLimit));
        _watchdog.Dispose();
        foreach (SessionWorker worker in _workers) { worker.Dispose(); }
        // Those whose clients are away could not be told in time. No loop runs any more, so theirs is this thread's to do.
        foreach (SessionEntry entry in live.Where(entry => !entry.Ended.IsCompleted))
        {
            OnEnded(entry.Actor, entry.Actor.Stats.HasEnded ? (SessionEndReason)entry.Actor.Stats.EndReason : SessionEndReason.Shutdown);
        }

        _recordings?.Dispose();
        _ended.Dispose();
        _ports.Dispose();
        // Whoever disposes the hub disposes the store next.
        await Task.WhenAll(_lastEnds);
        _random.Dispose();
    }

    /// <summary>From here on no session begins; who is here may stay, and attach.</summary>
    /// <returns>How many sessions there are.</returns>
    public int Drain()
    {
        if (!_draining) { _log.Draining(Count); }
        _draining = true;
        return Count;
    }

    private OpenAnswer.Refused? Refusal(OpenRequest request)
    {
        if (_stopping) { return new OpenAnswer.Refused("the broker is shutting down; try again when it is back"); }
        if (_draining) { return new OpenAnswer.Refused("this broker is drained and takes no new session; try again in a while"); }
        int capacity = _settings.Capacity.Sessions;
        return Count >= capacity
            ? new OpenAnswer.Refused($"this broker has {capacity} sessions, as many as {_settings.Capacity.Limit} allow; {_settings.Capacity.Cure}", BootstrapResult.Quota)
            : null;
    }

    /// <summary>The front door has asked policy; the quotas are asked here, because others may have come since.</summary>
    private Decision TakePlace(Admission? admitted, string account)
    {
        if (admitted is null) { return _quotas.Take(Policy.DropInTenant, account, counts => _settings.Policy().DecideDropIn(account, counts)); }
        (string tenant, string user) = PlaceOf(admitted);
        if (admitted.IsLobby) { return _quotas.Take(tenant, user, counts => Lobby(admitted, counts)); }
        return _quotas.Take(tenant, user, counts =>
            _settings.Policy().FindUser(admitted.Tenant, admitted.User) is { } asker && Policy.Quota(asker, counts) is { } denial ? new Decision(null, denial) : new Decision(admitted, null));
    }

    private OpenAnswer.Refused Deny(Denial denial, string tenant, string user, OpenRequest request)
    {
        _audit.Write(new AuditEvent(AuditEventName.Deny)
        {
            Tenant = tenant,
            User = user,
            Target = request.Admission?.Target?.Name,
            ClaimedAddress = request.ClaimedClient,
            Reason = denial.Reason.ToName(),
            More = AuditEvent.Attribute("moshbroker.explanation", denial.Explanation),
        });
        return new OpenAnswer.Refused(denial.UserLine, denial.Reason is DenyReason.UserQuota or DenyReason.TenantQuota ? BootstrapResult.Quota : BootstrapResult.PolicyDenied);
    }

    /// <param name="goesOn">With what a process before this one recorded of it, in the same file where that can be.</param>
    private RecordingDuty? StartRecording(SessionFacts facts, Admission admission, Action changed, bool goesOn, out string? refusal)
    {
        refusal = null;
        RecordingMode mode = admission.Rules.Recording;
        if (mode == RecordingMode.Off || _recordings is null) { return null; }
        string title = admission.Target is { } target ? $"{facts.User} on {target.Name}" : $"{facts.User}: {facts.Command}";
        RecordingStart start = new(facts.Id, admission.Tenant, title, facts.CreatedAt, facts.Columns, facts.Rows, RecordsInput: false);
        DateTimeOffset now = _time.GetUtcNow();
        ISessionRecorder? recorder = goesOn ? _recordings.TryResume(start, now, changed) ?? _recordings.TryStart(start with { StartedAt = now }, changed, out _) : _recordings.TryStart(start, changed, out _);
        if (recorder is not null) { return new RecordingDuty(recorder, mode, admission.Rules.OnRecordingFailure); }
        if (mode == RecordingMode.Required) { refusal = "sessions here must be recorded, and the recording cannot be written; tell whoever runs this broker"; }
        return null;
    }

    private SessionActor Begin(SessionFacts facts, OpenRequest request, RecordingDuty? recording, Func<int, ChannelSeed>? take)
    {
        SessionWorker worker = TakeWorker();
        IBackend StartBackend(IBackendHandler handler) => request.Backend.Start(worker, facts, handler);
        SessionActor actor = new(facts, worker, this, this, _log, StartBackend, take?.Invoke(Array.IndexOf(_workers, worker)), TryMakeLifeline(facts))
        {
            Recording = recording,
            Record = RecordOf(facts, isMenu: facts.Admission is { IsLobby: true } && facts.Command == MenuLabel),
        };
        _sessions[facts.Id] = new SessionEntry(actor, worker, PlaceOf(facts.Admission!));
        Interlocked.Increment(ref _live);
        _metrics.SessionStarted(actor.Tenant, actor.BackendKind);
        actor.Tell(new SessionMessage.Start());
        return actor;
    }

    private async Task RecordEndAsync(SessionActor session, SessionEndReason reason)
    {
        ChannelRemains[] untold = [.. session.Channels.Where(channel => channel.IsClientUntold).Select(channel => channel.Remains)];
        try
        {
            if (untold.Length > 0) { await _store.KeepTombstonesAsync(session.Facts.Id, session.HeldEpoch, untold, CancellationToken.None); }
            await _store.EndSessionAsync(session.Facts.Id, session.HeldEpoch, reason, CancellationToken.None);
        }
        catch (StoreUnavailableException failure)
        {
            _log.StoreMissedEnd(session.Facts.Id, failure);
        }
    }

    private async Task DrawEpochAsync(SessionActor session, int channelId)
    {
        EpochDraw draw = default;
        Exception? failure = null;
        try
        {
            draw = await _store.DrawEpochAsync(session.Facts.Id, channelId, session.HeldEpoch, CancellationToken.None);
        }
        catch (StoreUnavailableException unavailable)
        {
            failure = unavailable;
        }

        bool drawn = failure is null && draw.Outcome == FencedOutcome.Done;
        if (!drawn) { _log.NoEpoch(session.Facts.Id, channelId, failure); }
        session.Tell(new SessionMessage.EpochDrawn(channelId, drawn ? draw.Epoch : null));
    }

    private void Forget()
    {
        _ended.Expire(_clock.Now());
        DateTimeOffset before = _time.GetUtcNow() - EndedKept;
        foreach ((string id, SessionEntry entry) in _sessions)
        {
            if (entry.EndedAt < before) { _sessions.TryRemove(id, out _); }
        }
    }

    private LiveCounts CountLive()
    {
        // In this order: what is closed or buried meanwhile may be missed until the next look, and is never counted twice.
        long drops = _metrics.ClosedSocketDrops;
        drops += _ended.KernelDrops;
        LiveCounts live = new() { Capacity = _settings.Capacity.Sessions, IsDraining = IsDraining, SocketDrops = drops };
        MonoTime now = _clock.Now();
        ulong blocks = 0;
        foreach (SessionEntry entry in _sessions.Values)
        {
            SessionActor session = entry.Actor;
            IReadOnlyList<Channel> channels = session.Channels;
            if (session.Target is { } target) { live.Add(target); }
            live.UseQuota(session.Tenant, QuotaResource.Cpu, session.CpuUsed(now));
            foreach (Channel channel in channels)
            {
                live.UseQuota(session.Tenant, QuotaResource.Bandwidth, channel.BandwidthUsed(now));
                blocks = Math.Max(blocks, channel.Statistics.BlocksSealed);
                live.SocketDrops += channel.KernelDrops;
            }

            SessionState state = SessionViews.StateOf(session, now);
            if (state != SessionState.Ended) { live.Add(session.Tenant, state); }
        }

        Policy policy = _settings.Policy();
        UseSessions(live, Policy.DropInTenant, policy.DropIn);
        foreach ((string name, Tenant tenant) in policy.Tenants) { UseSessions(live, name, tenant.Rules); }
        foreach (SharedPort port in SharedPorts)
        {
            live.SocketDrops += port.KernelDrops;
            live.Demux.Add(port.Stats);
        }

        live.KeyBlocksUsed = blocks / (double)TransportStatistics.BlockLimit;
        return live;
    }

    private void UseSessions(LiveCounts live, string tenant, TenantRules? rules)
    {
        if (rules?.Sessions is { } most) { live.UseQuota(_metrics.Tenant(tenant), QuotaResource.Sessions, _quotas.Count(tenant, "").OfTenant / (double)most); }
    }

    private SessionView View(SessionEntry entry)
    {
        MonoTime now = _clock.Now();
        SessionView view = SessionViews.Of(entry.Actor, now);
        return view.EndReason is null ? view with { Verdict = VerdictWords.Verdict(entry.Actor, now, _time.GetUtcNow()) } : view;
    }
}
