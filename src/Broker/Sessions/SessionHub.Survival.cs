using System.Buffers.Binary;
using System.Diagnostics;
using System.Text.Json;
using MoshBroker.Audit;
using MoshBroker.Backends;
using MoshBroker.Cluster;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Recording;
using MoshBroker.Survival;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>Going on with the sessions of the process before.</summary>
internal sealed partial class SessionHub
{
    private static string SharedSocketName(int port) => $"shared/{port}";

    /// <summary>Goes on with what can be gone on with; ends the rest, in the store and in the audit trail, with a reason. Before anybody can ask for a session.</summary>
    public async Task RestoreAsync(CancellationToken cancellation)
    {
        long began = Stopwatch.GetTimestamp();
        IReadOnlyList<SessionRow> rows = await _store.ClaimLeftoversAsync(new NodeIncarnation(_settings.Node, _settings.Incarnation), cancellation);
        IReentry? reentry = _settings.Reentry?.Invoke(this);
        List<(string Id, Task<string?> Began)> restored = [];
        foreach (SessionRow row in rows)
        {
            string reason;
            try
            {
                if (TryRestore(row, reentry, out reason) is { } goesOn)
                {
                    restored.Add((row.Id, goesOn.Began.Task));
                    continue;
                }
            }
            catch (Exception failure)
            {
                // A fault of ours, it may be: it ends this session only, and no broker that dies of it at each start.
                reason = failure.Message;
            }

            foreach (string what in Lifeline.Names) { _settings.FdStore?.Drop(Lifeline.NameOf(row.Id, what)); }
            _settings.SurvivalLog?.Lost(row.Id, reason);
            _metrics.Handovers.Happened(HandoverCause.Crash, row.Id, ProcessMetrics.StartedAt, reason);
            _metrics.SessionEnded(_metrics.Tenant(Policy.DropInTenant), SessionEndReason.BackendLost, _time.GetUtcNow() - row.Created); // Whose it was is in what is lost.
            _audit.Write(new AuditEvent(AuditEventName.SessionEnd) { Session = row.Id, Reason = SessionEndReason.BackendLost.ToName() });
            await _store.KeepTombstonesAsync(row.Id, row.Epoch, [.. row.Channels.Where(channel => channel.EndedAt is null).Select(RemainsOf)], cancellation);
            await _store.EndSessionAsync(row.Id, row.Epoch, SessionEndReason.BackendLost, cancellation);
        }

        await RestoreTombstonesAsync(cancellation);
        foreach ((string name, FileDescriptor left) in _settings.Left)
        {
            _settings.FdStore?.Drop(name);
            left.Dispose();
        }

        _settings.Left.Clear();
        int going = 0;
        foreach ((string id, Task<string?> itsBegin) in restored)
        {
            string? failure = await itsBegin.WaitAsync(cancellation);
            if (failure is null) { going++; }
            else { _settings.SurvivalLog?.Lost(id, failure); }
            _metrics.Handovers.Happened(HandoverCause.Crash, id, ProcessMetrics.StartedAt, failure);
        }

        // Only now: who is behind a shared port is not known before.
        foreach (SharedPort port in SharedPorts) { port.Begin(); }
        if (rows.Count > 0) { _settings.SurvivalLog?.Restored(going, rows.Count - going, (long)Stopwatch.GetElapsedTime(began).TotalMilliseconds); }
    }

    private RestoredSession? TryRestore(SessionRow row, IReentry? reentry, out string reason)
    {
        FileDescriptor? memory = TakeLeft(row.Id, "checkpoint");
        FileDescriptor? journal = TakeLeft(row.Id, "journal");
        if (_settings.FdStore is not { } store || memory is null || journal is null)
        {
            memory?.Dispose();
            journal?.Dispose();
            reason = "nothing of it was in the fd store";
            return null;
        }

        if (Lifeline.TryOpen(store, row.Id, row.Epoch, _sealer, memory, journal, out Checkpoint? checkpoint, out reason) is not { } lifeline) { return null; }
        if (!TryReadScreen(checkpoint!.Screen, out SessionRecord? record, out Emulator? terminal) || !SessionSnapshot.CanReadChannels(checkpoint.Channels.Span))
        {
            lifeline.Dispose();
            reason = "its checkpoint is of another version";
            return null;
        }

        byte[] replies = Replay(terminal!, checkpoint);
        Admission admission = Readmit(record!, out Denial? denial);
        FileDescriptor? master = TakeLeft(row.Id, "pty");
        FileDescriptor? release = TakeLeft(row.Id, "release");
        SessionFacts facts = new()
        {
            Id = row.Id,
            Epoch = row.Epoch,
            Uid = record!.Uid,
            User = record.User,
            Command = record.Command,
            Pid = record.Pid,
            CreatedAt = record.CreatedAt,
            Columns = terminal!.Frame.Columns,
            Rows = terminal.Frame.Rows,
            NetworkTimeout = TimeSpan.FromSeconds(record.NetworkTimeoutSeconds),
            Admission = admission,
            Entry = record.Entry,
        };
        SessionWorker worker = TakeWorker();
        Dictionary<int, ChannelSeed> seeds = [];
        foreach (ChannelRow channel in row.Channels.Where(channel => channel.EndedAt is null))
        {
            if (TrySeed(row, channel, Array.IndexOf(_workers, worker)) is { } seed) { seeds[channel.Id] = seed; }
        }

        if (release is not null && (master is null || checkpoint.IsLive))
        {
            // It was to be let begin; whether it was told so already does not matter: nobody reads it twice.
            if (checkpoint.IsLive) { LetBegin(release); }
            store.Drop(Lifeline.NameOf(row.Id, "release"));
            release.Dispose();
            release = null;
        }

        IBackendSource? source = reentry?.WayBack(record, admission, master) ?? (master is null ? null : new HandedPty(master, release));
        RestoredSession restored = new(lifeline, terminal, checkpoint.Channels, seeds, replies, checkpoint.IsLive, HasProgram: source is not null, checkpoint.IsLocked, _time.GetUtcNow());
        IBackend StartBackend(IBackendHandler handler) => source?.Start(worker, facts, handler) ?? new GoneBackend();
        SessionActor? actor = null;
        RecordingDuty? recording = StartRecording(facts, admission, () => Volatile.Read(ref actor)?.Tell(new SessionMessage.RecordingChanged()), goesOn: true, out string? unrecorded);
        Volatile.Write(ref actor, new SessionActor(facts, worker, this, this, _log, StartBackend, null, lifeline, restored) { Recording = recording, Record = record });
        _sessions[facts.Id] = new SessionEntry(actor, worker, PlaceOf(admission));
        Interlocked.Increment(ref _live);
        (string placeTenant, string placeUser) = PlaceOf(admission);
        _quotas.Add(placeTenant, placeUser);
        _audit.Write(new AuditEvent(AuditEventName.SessionResume) { Session = facts.Id, Tenant = admission.Tenant, User = facts.User, Target = admission.Target?.Name });
        actor.Tell(new SessionMessage.Start());
        if (unrecorded is not null) { actor.Tell(new SessionMessage.Close(SessionEndReason.RecordingFailed)); }
        if (denial is not null) { actor.Tell(new SessionMessage.Lose(admission.Rules.OnRevocation, SessionEndReason.Revoked, denial.UserLine)); }
        return restored;
    }

    private static unsafe void LetBegin(FileDescriptor release)
    {
        byte go = (byte)'\n';
        _ = PtyNative.Write(release, &go, 1);
    }

    private static bool TryReadScreen(ReadOnlySpan<byte> screen, out SessionRecord? record, out Emulator? terminal)
    {
        record = null;
        terminal = null;
        if (screen.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(screen) is var length && (length < 0 || length > screen.Length - sizeof(int))) { return false; }
        record = JsonSerializer.Deserialize(screen.Slice(sizeof(int), length), SurvivalJson.Default.SessionRecord);
        terminal = Emulator.TryRestore(screen[(sizeof(int) + length)..]);
        return record is not null && terminal is not null;
    }

    /// <summary>What the program printed since the screen was written; and what the terminal answers to it that is not in the journal.</summary>
    private static byte[] Replay(Emulator terminal, Checkpoint checkpoint)
    {
        const int Piece = 4096; // As a terminal is read: answers are bounded.
        System.Buffers.ArrayBufferWriter<byte> replies = new();
        for (int at = 0; at < checkpoint.Output.Length; at += Piece)
        {
            terminal.Write(checkpoint.Output.AsSpan(at, Math.Min(Piece, checkpoint.Output.Length - at)));
            if (terminal.HasReplies) { terminal.TakeReplies(replies); }
        }

        return replies.WrittenSpan[Math.Min(checkpoint.RepliesSent, replies.WrittenCount)..].ToArray();
    }

    private ChannelSeed? TrySeed(SessionRow row, ChannelRow channel, int worker)
    {
        byte[] bytes = new byte[SessionKey.Length];
        if (!_sealer.TryOpen(new SealContext(row.Id, channel.Id, channel.SealedEpoch), channel.SealedKey, bytes)) { return null; }
        SessionKey key = new(bytes);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        if (TakeLeft(row.Id, Channel.SocketName(channel.Id)) is { } socket) { return new ChannelSeed(channel.Id, channel.Epoch, key, socket, channel.Port); }
        if (_ports.Shared.FirstOrDefault(port => port.Port == channel.Port) is { } shared) { return new ChannelPlace(shared).TakeRestored(channel.Id, channel.Epoch, key, worker); }
        key.Dispose();
        return null;
    }

    /// <summary>Policy is asked again; who may not go on is let in with his old name, to be told so.</summary>
    private Admission Readmit(SessionRecord record, out Denial? denial)
    {
        Policy policy = _settings.Policy();
        Credential? credential = record.Key is { } key ? key : record.Certificate;
        Decision decision = credential is not null && record.Tenant is { } tenant
            ? policy.DecideAgain(tenant, record.User, credential, record.Target, _time.GetUtcNow())
            : policy.DecideDropIn(record.User, default);
        denial = decision.Denial;
        if (decision.Admission is { } admission) { return admission; }
        string name = record.Tenant ?? Policy.DropInTenant;
        TenantRules rules = (name == Policy.DropInTenant ? policy.DropIn : policy.Tenants.GetValueOrDefault(name)?.Rules) ?? TenantRules.Unlimited;
        return new Admission { Tenant = name, User = record.User, Networks = rules.Networks, Rules = rules, Limits = rules.Limits, Lease = Lease.Endless };
    }

    private FileDescriptor? TakeLeft(string session, string what) => _settings.Left.Remove(Lifeline.NameOf(session, what), out FileDescriptor? left) ? left : null;

    private Lifeline? TryMakeLifeline(SessionFacts facts)
    {
        if (_settings.FdStore is not { } store) { return null; }
        try
        {
            return Lifeline.Create(store, facts.Id, facts.Epoch, _sealer);
        }
        catch (IOException failure)
        {
            _settings.SurvivalLog?.Unsafe(facts.Id, failure.Message);
            return null;
        }
    }

    private static SessionRecord RecordOf(SessionFacts facts, bool isMenu) => new()
    {
        Uid = facts.Uid,
        User = facts.User,
        Command = facts.Command,
        Pid = facts.Pid,
        CreatedAt = facts.CreatedAt,
        NetworkTimeoutSeconds = facts.NetworkTimeout.TotalSeconds,
        Tenant = facts.Admission?.Tenant,
        Target = isMenu ? null : facts.Admission?.Target?.Name,
        IsMenu = isMenu,
        Entry = facts.Entry,
        Key = facts.Admission?.Credential as Credential.Key,
        Certificate = facts.Admission?.Credential as Credential.Certificate,
    };

    private SessionWorker TakeWorker()
    {
        lock (_workers)
        {
            SessionWorker worker = _workers.MinBy(candidate => candidate.Sessions)!;
            worker.Sessions++;
            return worker;
        }
    }
}
