using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using MoshBroker.Audit;
using MoshBroker.Backends;
using MoshBroker.Configuration;
using MoshBroker.Endpoint;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Control;
using MoshBroker.Lobby;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Sessions;
using MoshBroker.Survival;
using MoshBroker.Targets;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>Answers the forced command: who is it, may he, and what does he get.</summary>
internal sealed class Doorkeeper(SessionHub hub, Func<Policy> policy, Reception reception, TargetPaths paths, Children children, IAuditTrail audit, BrokerMetrics metrics, Denials denials, TimeProvider time)
{

    /// <summary>Answers one request; descriptors that are kept leave the list.</summary>
    /// <param name="pid">Of the process that asks: only a child of one of our sshds is believed.</param>
    public async Task<ControlMessage> AnswerAsync(uint uid, int pid, EntryRequest request, List<FileDescriptor> descriptors, CancellationToken cancellation)
    {
        if (reception.Find(pid) is not { } arrival) { return Refuse("this request is for the front door's sshd only"); }
        arrival.HasOutcome = true;
        IPAddress client = arrival.Client.Address;
        if (request.Wants == "refusal")
        {
            Deny(null, client, "malformed_command", OneLine.Of(request.Reason), null);
            return new ControlMessage("ok"u8);
        }

        long began = arrival.TakeLogin();
        long asked = Stopwatch.GetTimestamp();
        BootstrapAttempt attempt = new(metrics, began) { Tenant = metrics.Tenant(Policy.DropInTenant) };
        attempt.Took("ssh_auth", began, asked);
        attempt.Note("client.address", client.ToString());
        attempt.Note("network.transport", request.IsMosh ? "udp" : "tcp");
        try
        {
            return await AnswerAsync(uid, client, arrival.Client.Port, attempt, asked, request, descriptors, cancellation);
        }
        finally
        {
            attempt.Forget(); // Unless it was counted: whoever asks for a list wants no session.
        }
    }

    private async Task<ControlMessage> AnswerAsync(
        uint uid, IPAddress client, int port, BootstrapAttempt attempt, long asked, EntryRequest request, List<FileDescriptor> descriptors, CancellationToken cancellation)
    {

        DateTimeOffset now = time.GetUtcNow();
        Policy current = policy();
        if (SshProof.Read(request.Proof) is not { } credential)
        {
            attempt.End(BootstrapResult.Error);
            Deny(null, client, "no_proof", "sshd did not say with which key", null);
            return Refuse("sshd did not say with which key you came; your administrator must look at this");
        }

        Identity identity = current.Identify(credential, now);
        if (identity.User is not { } user)
        {
            attempt.End(BootstrapResult.AuthDenied);
            metrics.FrontDoor.LoginDenied(credential, identity.Denial!.Reason);
            Deny(null, client, identity.Denial!.Reason.ToName(), identity.Denial!.Explanation, null);
            return Refuse(identity.Denial.UserLine);
        }

        attempt.Tenant = metrics.Tenant(user.Tenant.Name);
        attempt.Note("moshbroker.tenant", user.Tenant.Name);
        attempt.Note("user.name", user.Name);
        Visitor visitor = new(user, credential, client, attempt, asked, current);
        if (request.Words.FirstOrDefault(word => word.Length > 256 || word.Any(char.IsControl)) is not null)
        {
            Deny(visitor, client, "malformed_command", "a word with control characters, or of more than 256 letters", null);
            return Refuse("a target's name has at most 63 letters and no control characters");
        }

        if (!user.Networks.Contains(client))
        {
            Decision decision = Policy.Decide(user, credential, client, null, now, default);
            Denial denial = decision.Denial is { Reason: DenyReason.Network } network ? network : new Denial(DenyReason.Network, "you may not connect from this network", $"{client}");
            Deny(visitor, client, denial.Reason.ToName(), denial.Explanation, null);
            return Refuse(denial.UserLine);
        }

        audit.Write(new AuditEvent(AuditEventName.Login)
        {
            Tenant = user.Tenant.Name,
            User = user.Name,
            ClientAddress = client.ToString(),
            More = Describe(credential),
        });
        if (request.Wants == "stream") { return Stream(visitor, port, request, descriptors); }
        return (request.Words.Count > 0 ? request.Words[0] : null) switch
        {
            "list" when request.Words.Count == 1 => await TextAsync(visitor, request, descriptors, uid, ListText(visitor), cancellation),
            "close" when request.Words.Count == 2 => await TextAsync(visitor, request, descriptors, uid, CloseText(visitor, request.Words[1]), cancellation),
            "attach" => await AttachAsync(visitor, request, descriptors, uid, cancellation),
            "watch" when request.Words.Count == 2 => await WatchAsync(visitor, request, descriptors, uid, cancellation),
            "list" or "close" or "watch" => Misspoken(visitor, "the words are: list · attach [ID] [--take] · close ID · watch ID · or a target"),
            _ when request.Words.Count > 1 => Misspoken(visitor, $"one target at a time, and no command: '{Shown(request.Words[1])}' is one word too many"),
            var target => await EnterAsync(visitor, target, request, descriptors, uid, cancellation),
        };
    }

    private static string Shown(string word) => Denials.Shown(word);

    private static ControlMessage Refuse(string line) => new ControlMessage("error"u8).Add("message"u8, Encoding.UTF8.GetBytes(line));

    private static Dictionary<string, string> Describe(Credential credential) => credential switch
    {
        Credential.Key key => AuditEvent.Attribute("moshbroker.key", key.Fingerprint),
        Credential.Certificate certificate => new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["moshbroker.key"] = certificate.Fingerprint,
            ["moshbroker.certificate.serial"] = certificate.Serial.ToString(CultureInfo.InvariantCulture),
            ["moshbroker.certificate.id"] = OneLine.Of(certificate.KeyId),
            ["moshbroker.certificate.authority"] = certificate.Authority,
        },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static ControlMessage Accept(OpenAnswer answer)
    {
        if (answer is not OpenAnswer.Accepted accepted) { return Refuse(((OpenAnswer.Refused)answer).Message); }
        ControlMessage message = new("ok"u8);
        message.Add("session"u8, Encoding.UTF8.GetBytes(accepted.Session));
        if (accepted.Port != 0)
        {
            message.Add("port"u8, Encoding.UTF8.GetBytes(accepted.Port.ToString(CultureInfo.InvariantCulture))).Add("key"u8, accepted.PrintedKey);
        }

        foreach (string warning in accepted.Warnings) { message.Add("warning"u8, Encoding.UTF8.GetBytes(warning)); }
        return message;
    }

    private void Deny(Visitor? visitor, IPAddress client, string reason, string explanation, string? target)
    {
        visitor?.Attempt.End(BootstrapResult.PolicyDenied);
        denials.Note(visitor, client, reason, explanation, target);
    }

    private ControlMessage Deny(Visitor visitor, Denial denial, string? target)
    {
        Deny(visitor, visitor.Client, denial.Reason.ToName(), denial.Explanation, target);
        return Refuse(denial.UserLine);
    }

    private ControlMessage Misspoken(Visitor visitor, string line)
    {
        Deny(visitor, visitor.Client, "malformed_command", line, null);
        return Refuse(line);
    }

    private async Task<ControlMessage> EnterAsync(
        Visitor visitor, string? target, EntryRequest request, List<FileDescriptor> descriptors, uint uid, CancellationToken cancellation)
    {
        if (target is null && visitor.User.Tenant.DefaultTarget is null) { return await MenuAsync(visitor, request, descriptors, uid, cancellation); }
        // The quotas are asked by the hub, at the moment when the session begins.
        Decision decision = Policy.Decide(visitor.User, visitor.Credential, visitor.Client, target, time.GetUtcNow(), default);
        visitor.Attempt.Took("policy", visitor.Asked, Stopwatch.GetTimestamp());
        if (decision.Admission is not { } admission) { return Deny(visitor, decision.Denial!, target); }
        return await OpenAsync(visitor, admission, admission.Target!.Name, WayTo(admission, request), request, descriptors, uid, cancellation);
    }

    private TargetSource WayTo(Admission admission, EntryRequest request) =>
        new(new TargetName(admission.Tenant, admission.Target!.Name), facts => paths.For(admission, facts, request.HasManyColors, request.Locale), children);

    /// <summary>Who names nothing, and has no default, is shown what there is.</summary>
    private async Task<ControlMessage> MenuAsync(Visitor visitor, EntryRequest request, List<FileDescriptor> descriptors, uint uid, CancellationToken cancellation)
    {
        Decision decision = Policy.DecideLobby(visitor.User, visitor.Credential, visitor.Client, time.GetUtcNow());
        visitor.Attempt.Took("policy", visitor.Asked, Stopwatch.GetTimestamp());
        if (decision.Admission is not { } admission) { return Deny(visitor, decision.Denial!, null); }
        FrontLobby lobby = new(hub, policy, visitor, admitted => WayTo(admitted, request), (denial, target) => denials.Note(visitor, visitor.Client, denial.Reason.ToName(), denial.Explanation, target), time);
        return await OpenAsync(visitor, admission, SessionHub.MenuLabel, new LobbySource(lobby), request, descriptors, uid, cancellation);
    }

    private async Task<ControlMessage> OpenAsync(
        Visitor visitor, Admission admission, string label, IBackendSource source, EntryRequest request, List<FileDescriptor> descriptors, uint uid, CancellationToken cancellation)
    {
        TerminalSeed? seed = null;
        if (!request.IsMosh && !TryTakeTerminal(visitor, descriptors, uid, null, out seed)) { return Refuse("a session needs a terminal: use ssh -t, or mosh"); }
        OpenRequest open = new()
        {
            Uid = AccountNative.EffectiveUser(),
            Backend = source,
            Admission = admission,
            Client = visitor.Client,
            Entry = new SavedEntry(visitor.Client.ToString(), request.HasManyColors, request.Locale),
            Attempt = visitor.Attempt,
            IsWithoutChannel = seed is not null,
            IsProbe = request.IsProbe,
            Bind = request.Bind,
            Ports = request.Ports,
            Columns = request.Columns,
            Rows = request.Rows,
            Command = label,
        };
        OpenAnswer answer = await hub.OpenAsync(open, cancellation);
        if (seed is not null)
        {
            if (answer is OpenAnswer.Accepted accepted) { hub.AttachTerminal(accepted.Session, seed, takes: false); }
            else { seed.Dispose(); }
        }

        return Accept(answer);
    }

    private async Task<ControlMessage> AttachAsync(Visitor visitor, EntryRequest request, List<FileDescriptor> descriptors, uint uid, CancellationToken cancellation)
    {
        string[] words = [.. request.Words.Skip(1)];
        bool takes = words.Contains("--take", StringComparer.Ordinal);
        string[] ids = [.. words.Where(word => word != "--take")];
        if (ids.Length > 1) { return Misspoken(visitor, "attach takes one session's ID, and --take"); }
        LiveSession[] own = Own(visitor);
        LiveSession? chosen = ids.Length == 1 ? Array.Find(own, live => live.Id == ids[0]) : own.Length == 1 ? own[0] : null;
        if (chosen is null)
        {
            return Refuse(ids.Length == 1
                ? $"you have no session '{Shown(ids[0])}'; list shows yours"
                : own.Length == 0 ? "you have no session; name a target to begin one" : $"you have {own.Length} sessions; name one: {string.Join(", ", own.Select(live => live.Id))}");
        }

        // A session does not outlive the right to it: who comes back is asked for it again.
        Decision decision = Policy.Decide(visitor.User, visitor.Credential, visitor.Client, chosen.Target, time.GetUtcNow(), default);
        visitor.Attempt.Took("policy", visitor.Asked, Stopwatch.GetTimestamp());
        if (decision.Admission is not { } admission) { return Deny(visitor, decision.Denial!, chosen.Label); }
        hub.Readmit(chosen.Id, admission);
        return await JoinAsync(visitor, chosen.Id, request, descriptors, uid, null, takes, cancellation);
    }

    /// <summary>A channel that shows the session and takes no key.</summary>
    private async Task<ControlMessage> WatchAsync(Visitor visitor, EntryRequest request, List<FileDescriptor> descriptors, uint uid, CancellationToken cancellation)
    {
        string id = request.Words[1];
        LiveSession? watched = hub.LiveSessions(admission => Policy.MayWatch(visitor.User, admission)).FirstOrDefault(live => live.Id == id);
        if (watched is null)
        {
            Deny(visitor, visitor.Client, "watch_not_allowed", $"{visitor.User} may not watch '{Shown(id)}', or there is none", null);
            return Refuse($"there is no session '{Shown(id)}' that you may watch");
        }

        ControlMessage answer = await JoinAsync(visitor, id, request, descriptors, uid, WatcherOf(visitor, watched.Admission), takes: false, cancellation);
        if (answer.Head.SequenceEqual("ok"u8))
        {
            audit.Write(new AuditEvent(AuditEventName.Watch)
            {
                Tenant = visitor.User.Tenant.Name,
                User = visitor.User.Name,
                Session = id,
                ClientAddress = visitor.Client.ToString(),
                Target = watched.Target,
            });
        }

        return answer;
    }

    /// <summary>The right to watch goes with the watcher's own standing: his networks, his certificate, and what the policy says of him later.</summary>
    private Watcher WatcherOf(Visitor visitor, Admission watched)
    {
        DateTimeOffset now = time.GetUtcNow();
        Lease lease = Policy.DecideLobby(visitor.User, visitor.Credential, null, now).Admission?.Lease ?? Lease.Endless;
        return new Watcher(visitor.User.Name)
        {
            Networks = visitor.User.Networks,
            Until = lease.HasEnd ? hub.Clock.Now().Plus((long)(lease.EndsAt - now).TotalMilliseconds) : MonoTime.Forever,
            IsStillAllowed = (next, then) => next.Identify(visitor.Credential, then).User is { } user && user.Name == visitor.User.Name && Policy.MayWatch(user, watched),
        };
    }

    private async Task<ControlMessage> JoinAsync(
        Visitor visitor, string session, EntryRequest request, List<FileDescriptor> descriptors, uint uid, Watcher? watcher, bool takes, CancellationToken cancellation)
    {
        visitor.Attempt.Begin(BootstrapPhase.Placement);
        ControlMessage answer;
        if (request.IsMosh) { answer = Accept(await hub.AttachAsync(session, request.Bind, request.Ports, watcher, takes, cancellation)); }
        else if (!TryTakeTerminal(visitor, descriptors, uid, watcher, out TerminalSeed? seed)) { answer = Refuse("a session needs a terminal: use ssh -t, or mosh"); }
        else
        {
            answer = hub.AttachTerminal(session, seed!, takes)
                ? new ControlMessage("ok"u8).Add("session"u8, Encoding.UTF8.GetBytes(session))
                : Refuse($"session {session} is over");
        }

        if (answer.Head.SequenceEqual("ok"u8)) { visitor.Attempt.Placed(session, awaitsClient: false, awaitsTarget: false); }
        else { visitor.Attempt.End(BootstrapResult.Error); }
        return answer;
    }

    private async Task<ControlMessage> TextAsync(
        Visitor visitor, EntryRequest request, List<FileDescriptor> descriptors, uint uid, string text, CancellationToken cancellation)
    {
        if (!request.IsMosh) { return new ControlMessage("ok"u8).Add("text"u8, Encoding.UTF8.GetBytes(text)); }
        // Mosh shows nothing that is printed after its connect line: the text is the screen of a session that a key ends.
        Admission admission = new()
        {
            Tenant = visitor.User.Tenant.Name,
            User = visitor.User.Name,
            Credential = visitor.Credential,
            Networks = visitor.User.Networks,
            Rules = visitor.User.Tenant.Rules,
            Limits = visitor.User.Limits,
            Lease = Lease.Endless,
        };
        return await OpenAsync(visitor, admission, request.Words[0], new TextSource(text), request, descriptors, uid, cancellation);
    }

    /// <summary>Datagrams of a client that is here already, through ssh: from where sshd's connection comes, which is what policy is asked about with each of them.</summary>
    private ControlMessage Stream(Visitor visitor, int port, EntryRequest request, List<FileDescriptor> descriptors)
    {
        if (descriptors.Count != 1 || !ChannelName.TryParse(request.Name, out UInt128 name)) { return Misspoken(visitor, "a stream needs the name of a channel"); }
        string? reason = hub.AttachStream(name, MayStream, UdpAddress.From(visitor.Client, port), descriptors[0]);
        if (reason is not null)
        {
            Deny(visitor, visitor.Client, "stream_not_allowed", reason, null);
            return Refuse(reason);
        }

        descriptors.Clear();
        return new ControlMessage("ok"u8);

        string? MayStream(SessionActor session, Watcher? watcher) =>
            (watcher is null ? session.Admission is { } admission && visitor.Owns(admission) : watcher.By == visitor.User.Name) ? null : SessionHub.NoSuchChannel;
    }

    private LiveSession[] Own(Visitor visitor) => [.. hub.LiveSessions(visitor.Owns)];

    private string ListText(Visitor visitor)
    {
        StringBuilder text = new();
        LiveSession[] own = Own(visitor);
        text.Append(own.Length == 0 ? "You have no session.\n" : "Your sessions:\n");
        foreach (LiveSession live in own)
        {
            string heard = live.HeardSecondsAgo is { } seconds ? $"last heard {TimeSpan.FromSeconds((long)seconds):c} ago" : "not connected yet";
            text.Append(CultureInfo.InvariantCulture, $"  {live.Id}  {live.Label,-20}  since {live.CreatedAt:yyyy-MM-dd HH:mm} UTC, {heard}\n");
        }

        IReadOnlyList<Target> targets = Policy.TargetsOf(visitor.User, visitor.Client, time.GetUtcNow());
        text.Append(targets.Count == 0 ? "No target is open to you from here now.\n" : "Targets:\n");
        foreach (Target target in targets)
        {
            text.Append("  ").Append(target.Name).Append(target == visitor.User.Tenant.DefaultTarget ? " (default)\n" : "\n");
        }

        return text.ToString();
    }

    private string CloseText(Visitor visitor, string id)
    {
        LiveSession? session = Array.Find(Own(visitor), live => live.Id == id);
        return session is not null && hub.Close(id, visitor.User.ToString()) ? $"Closed {id}.\n" : $"You have no session '{Shown(id)}'; list shows yours.\n";
    }

    /// <summary>The tty and the waiter's line, if these are what came along.</summary>
    private static bool TryTakeTerminal(Visitor visitor, List<FileDescriptor> descriptors, uint uid, Watcher? watcher, out TerminalSeed? seed)
    {
        seed = null;
        if (descriptors.Count != 2 || TtyNative.OpenAgain(descriptors[0], uid) is not { } terminal) { return false; }
        descriptors[0].Dispose();
        FileDescriptor line = descriptors[1];
        descriptors.Clear();
        PtyNative.Adopt(line);
        seed = new TerminalSeed(terminal, line, visitor.Client, watcher);
        return true;
    }
}
