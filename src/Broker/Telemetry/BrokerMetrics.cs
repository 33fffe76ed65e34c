using System.Diagnostics;
using MoshBroker.Cluster;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;
using MoshBroker.Endpoint;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Tenants;

namespace MoshBroker.Telemetry;

/// <summary>What the broker counts, one method for each thing that happens. From any thread; nothing is allocated for it.</summary>
internal sealed partial class BrokerMetrics : IDisposable
{
    private const double Minute = 60;
    private const double Hour = 60 * Minute;
    private const double Day = 24 * Hour;

    private static readonly MetricLabel Backend = MetricLabel.Of<BackendKind>("backend");
    private static readonly MetricLabel Family = new("family", ["ipv4", "ipv6"]);
    private static readonly MetricLabel Traffic = new("direction", ["receive", "transmit"]);
    private static readonly MetricLabel Actor = MetricLabel.Of<ActorKind>("actor");

    private readonly GaugeFamily _sessions;
    private readonly CounterFamily _started;
    private readonly CounterFamily _ended;
    private readonly HistogramFamily _duration;
    private readonly HistogramFamily _gap;
    private readonly CounterFamily _attaches;
    private readonly GaugeFamily _capacity;
    private readonly CounterFamily _bootstraps;
    private readonly HistogramFamily _bootstrapDuration;
    private readonly CounterFamily _datagrams;
    private readonly CounterFamily _datagramBytes;
    private readonly CounterFamily _dropped;
    private readonly CounterFamily _socketDrops;
    private readonly CounterFamily _lookups;
    private readonly CounterFamily _trials;
    private readonly HistogramFamily _candidates;
    private readonly CounterFamily _authFailures;
    private readonly CounterFamily _replays;
    private readonly CounterFamily _nonceReuse;
    private readonly GaugeFamily _keyBlocks;
    private readonly HistogramFamily _rtt;
    private readonly CounterFamily _uplinkExpected;
    private readonly CounterFamily _uplinkLost;
    private readonly CounterFamily _uplinkOutage;
    private readonly CounterFamily _frames;
    private readonly CounterFamily _framesAgain;
    private readonly CounterFamily _roams;
    private readonly CounterFamily _flaps;
    private readonly CounterFamily _unvalidatedSent;
    private readonly CounterFamily _unvalidatedReceived;
    private readonly HistogramFamily _echo;
    private readonly HistogramFamily _frameBuild;
    private readonly CounterFamily _terminalBytes;
    private readonly CounterFamily _coalesced;
    private readonly CounterFamily _parserGuards;
    private readonly HistogramFamily _mailboxWait;
    private readonly CounterFamily _restarts;
    private readonly GaugeFamily _draining;
    private readonly GaugeFamily _drainRemaining;
    private readonly CounterFamily _unauthenticated;
    private readonly GaugeFamily _failingPrefixes;
    private readonly CounterFamily _tripped;
    private readonly CounterFamily _detections;
    private readonly CounterFamily _overflow;
    private long _closedSocketDrops;

    public BrokerMetrics()
    {
        MetricLabel states = new("state", [.. MetricLabel.Of<SessionState>("state").Values.Where(state => state != "ended")]);
        _sessions = Registry.GaugeByTenant(new("moshbroker.sessions", "{session}", "Live sessions.", states));
        _started = Registry.CounterByTenant(new("moshbroker.sessions.started", "{session}", "Sessions begun.", Backend));
        _ended = Registry.CounterByTenant(new("moshbroker.sessions.ended", "{session}", "Sessions over, by why.", MetricLabel.Of<SessionEndReason>("reason")));
        _duration = Registry.HistogramByTenant(
            new("moshbroker.session.duration", "s", "How long sessions lived."), Minute, 5 * Minute, 15 * Minute, Hour, 4 * Hour, 8 * Hour, Day, 3 * Day, 7 * Day);
        _gap = Registry.HistogramByTenant(new("moshbroker.client.gap", "s", "How long a client was silent before it came back."), 5, 15, 40, 60, 300, Hour, 8 * Hour);
        _attaches = Registry.CounterByTenant(new("moshbroker.attaches", "{client}", "Clients that came to a terminal.", MetricLabel.Of<AttachKind>("kind")));
        _capacity = Registry.Gauge(new("moshbroker.session.capacity", "{session}", "Sessions that this node can hold."));
        _bootstraps = Registry.CounterByTenant(
            new("moshbroker.bootstrap.attempts", "{attempt}", "Requests for a session, by outcome.", MetricLabel.Of<BootstrapResult>("result")));
        _bootstrapDuration = Registry.Histogram(
            new("moshbroker.bootstrap.duration", "s", "Time to a usable prompt, by phase.", MetricLabel.Of<BootstrapPhase>("phase")), 0.1, 0.25, 0.5, 1, 2, 5, 10, 20);
        _datagrams = Registry.Counter(new("moshbroker.datagrams", "{datagram}", "Datagrams through the UDP ports.", Traffic, Family));
        _datagramBytes = Registry.Counter(new("moshbroker.datagram.bytes", "By", "Their payload.", Traffic, Family));
        _dropped = Registry.Counter(new("moshbroker.datagrams.dropped", "{datagram}", "Datagrams dropped in silence, by why.", Reasons()));
        _socketDrops = Registry.Counter(new("moshbroker.udp_socket_drops", "{datagram}", "Datagrams that the kernel dropped because a socket's queue was full."));
        _lookups = Registry.Counter(new(
            "moshbroker.demux.lookups", "{lookup}", "How a shared port's datagrams were looked for: by source address, by number, among all.",
            new MetricLabel("path", ["address", "window", "full"]), new MetricLabel("result", ["hit", "miss"])));
        _trials = Registry.Counter(new(
            "moshbroker.demux.trial_decrypts", "{trial}", "Keys tried for datagrams from unknown sources.", new MetricLabel("result", ["hit", "miss", "budget_exhausted"])));
        _candidates = Registry.Histogram(
            new("moshbroker.demux.candidates", "{key}", "Keys tried for one datagram from an unknown source."), [.. DemuxStats.CandidateBounds.Select(bound => (double)bound)]);
        _authFailures = Registry.Counter(new("moshbroker.auth_failures", "{datagram}", "Datagrams with a wrong tag, by who sent them.", MetricLabel.Of<PeerClass>("peer")));
        _replays = Registry.Counter(new(
            "moshbroker.replayed_datagrams", "{datagram}", "Authentic datagrams whose number is not the newest.", new MetricLabel("kind", ["reordered", "duplicate", "old"])));
        _nonceReuse = Registry.Counter(new("moshbroker.nonce_reuse_blocked", "{datagram}", "Sends stopped because their number was used before; 0 for ever."));
        _keyBlocks = Registry.Gauge(new("moshbroker.key_blocks_used", "1", "Of the blocks that one key may encrypt, the share used by the busiest session."));
        _rtt = Registry.HistogramByTenant(
            new("moshbroker.rtt", "s", "Smoothed round-trip time, at most one sample a second and session."), 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 5);
        _uplinkExpected = Registry.CounterByTenant(new("moshbroker.uplink.expected_datagrams", "{datagram}", "Datagrams that clients sent, by their numbers."));
        _uplinkLost = Registry.CounterByTenant(new("moshbroker.uplink.lost_datagrams", "{datagram}", "Of these, lost on the way: missing when 64 later ones had come."));
        _uplinkOutage = Registry.CounterByTenant(new("moshbroker.uplink.outage_datagrams", "{datagram}", "Of these, missing across a silence of more than 6.5 s."));
        _frames = Registry.CounterByTenant(new("moshbroker.downlink.frames_sent", "{frame}", "Changes of the screen sent to clients, repeats included."));
        _framesAgain = Registry.CounterByTenant(new("moshbroker.downlink.frames_retransmitted", "{frame}", "Of these, repeats because no acknowledgement came in time."));
        _roams = Registry.CounterByTenant(new("moshbroker.roams", "{move}", "Moves of clients to another address.", MetricLabel.Of<RoamKind>("kind")));
        _flaps = Registry.CounterByTenant(new("moshbroker.roam_flaps", "{move}", "Moves back to a network where the client was less than 60 s before."));
        _unvalidatedSent = Registry.Counter(new(
            "moshbroker.unvalidated_path.sent", "By", "Sent to new addresses before they proved that a client hears us there, headers included."));
        _unvalidatedReceived = Registry.Counter(new("moshbroker.unvalidated_path.received", "By", "Received from them, headers included."));
        _echo = Registry.HistogramByTenant(
            new("moshbroker.echo.latency", "s", "From a client's input to the first frame that shows its effect: the server's share of a keystroke.", Backend),
            0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1);
        _frameBuild = Registry.Histogram(
            new("moshbroker.frame.build", "s", "Time to make a frame: difference, compression, encryption."), 0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.005, 0.02);
        _terminalBytes = Registry.Counter(new("moshbroker.terminal", "By", "Through the terminals: from programs (host) and to them (client).", new MetricLabel("direction", ["host", "client"])));
        _coalesced = Registry.Counter(new("moshbroker.frames_coalesced", "{frame}", "Screens that were never sent because a newer one was there first."));
        _parserGuards = Registry.Counter(new(
            "moshbroker.parser_budget_exceeded", "{sequence}", "Escape sequences cut short because of what they would have cost.", MetricLabel.Of<ParserGuard>("kind")));
        _mailboxWait = Registry.Histogram(
            new("moshbroker.actor.mailbox_wait", "s", "From when work is there for an actor to when it is begun.", Actor), 0.0001, 0.00025, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.25, 1);
        _restarts = Registry.Counter(new("moshbroker.actor.restarts", "{event}", "Actors that were stopped or moved by their supervisor.", Actor, new MetricLabel("cause", ["exception", "rebalance", "node_lost"])));
        _draining = Registry.Gauge(new("moshbroker.node.draining", "{node}", "1 while the node takes no new session because it is going."));
        _drainRemaining = Registry.Gauge(new("moshbroker.drain.sessions_remaining", "{session}", "Sessions that a draining node still has."));
        _unauthenticated = Registry.Counter(new("moshbroker.unauthenticated_response", "By", "Sent to somebody who proved nothing; 0 for ever."));
        _failingPrefixes = Registry.Gauge(new(
            "moshbroker.unauthenticated_source_prefixes", "{network}", "Networks (/24, /48) that datagrams came from in the last five minutes which did not authenticate, about."));
        _tripped = Registry.Counter(new("moshbroker.tripwire.datagrams", "{datagram}", "Datagrams to ports that nothing uses."));
        _detections = Registry.Counter(new("moshbroker.detections", "{detection}", "What detectors found, once for each time that it begins.", MetricLabel.Of<DetectionRule>("rule")));
        _overflow = Registry.Counter(new("moshbroker.label_overflow", "{event}", "Label values folded into _other.", new MetricLabel("label", [MetricLabel.Tenant])));
        FrontDoor = new FrontDoorMetrics(Registry);
        Targets = new TargetMetrics(Registry);
        Quotas = new QuotaMetrics(Registry);
        Recordings = new RecordingMetrics(Registry);
        Handovers = new HandoverMetrics(Registry, Traces);
        BuildFacts.Register(Registry);
        Lookout = new Lookout(this);
        Registry.OnCollect(() => _failingPrefixes.Set(Math.Round(Lookout.FailingPrefixes)));
        Tenant(Policy.DropInTenant);
    }

    public MetricRegistry Registry { get; } = new();

    /// <summary>Spans, for whoever listens; nobody does unless an endpoint is configured.</summary>
    public ActivitySource Traces { get; } = new(MetricRegistry.MeterName);

    public FrontDoorMetrics FrontDoor { get; }

    public TargetMetrics Targets { get; }

    public QuotaMetrics Quotas { get; }

    public RecordingMetrics Recordings { get; }

    public HandoverMetrics Handovers { get; }

    /// <summary>Where clients of ended channels were.</summary>
    public RecentPeers RecentPeers { get; } = new();

    /// <summary>Where what is odd about datagrams is told.</summary>
    public Lookout Lookout { get; }

    /// <summary>The number by which a tenant is counted.</summary>
    public int Tenant(string name)
    {
        int tenant = Registry.Tenants.IndexOf(name, out bool overflowed);
        if (overflowed) { _overflow.Add(); }
        return tenant;
    }

    public void SessionStarted(int tenant, BackendKind backend) => _started.Add(1, (int)backend, tenant);

    public void SessionEnded(int tenant, SessionEndReason reason, TimeSpan duration)
    {
        _ended.Add(1, (int)reason, tenant);
        _duration.Observe(duration.TotalSeconds, 0, tenant);
    }

    public void ClientReturned(int tenant, long silenceMs) => _gap.Observe(silenceMs / 1000.0, 0, tenant);

    public void Attached(int tenant, AttachKind kind) => _attaches.Add(1, (int)kind, tenant);

    public void Bootstrapped(int tenant, BootstrapResult result) => _bootstraps.Add(1, (int)result, tenant);

    public void BootstrapTook(BootstrapPhase phase, TimeSpan duration) => _bootstrapDuration.Observe(duration.TotalSeconds, (int)phase);

    public void Received(bool isIPv4, int bytes) => CountDatagram(isIPv4 ? 0 : 1, bytes);

    public void Sent(bool isIPv4, int bytes) => CountDatagram(isIPv4 ? 2 : 3, bytes);

    public void Dropped(DropReason reason) => _dropped.Add(1, (int)reason - 1);

    /// <summary>A socket was closed; so many datagrams had been dropped there by the kernel.</summary>
    public void SocketClosed(uint drops) => Interlocked.Add(ref _closedSocketDrops, drops);

    /// <summary>What the kernel dropped on sockets that are closed.</summary>
    public long ClosedSocketDrops => Volatile.Read(ref _closedSocketDrops);

    public void AuthFailed(PeerClass peer) => _authFailures.Add(1, (int)peer);

    public void Replayed(ReplayKind kind)
    {
        if (kind != ReplayKind.None) { _replays.Add(1, (int)kind - 1); }
    }

    public void NonceReuseBlocked() => _nonceReuse.Add();

    public void RoundTrip(int tenant, double milliseconds, string session) => _rtt.Observe(milliseconds / 1000, 0, tenant, session);

    public void Uplink(int tenant, ulong expected, ulong lost, ulong outage)
    {
        _uplinkExpected.Add((long)expected, 0, tenant);
        _uplinkLost.Add((long)lost, 0, tenant);
        _uplinkOutage.Add((long)outage, 0, tenant);
    }

    public void Downlink(int tenant, ulong frames, ulong repeated)
    {
        _frames.Add((long)frames, 0, tenant);
        _framesAgain.Add((long)repeated, 0, tenant);
    }

    public void Roamed(int tenant, RoamKind kind, bool isFlap)
    {
        _roams.Add(1, (int)kind, tenant);
        if (isFlap) { Flapped(tenant); }
    }

    public void Flapped(int tenant) => _flaps.Add(1, 0, tenant);

    public void UnvalidatedSent(long bytes) => _unvalidatedSent.Add(bytes);

    public void UnvalidatedReceived(long bytes) => _unvalidatedReceived.Add(bytes);

    public void Echoed(int tenant, BackendKind backend, long milliseconds, string session) => _echo.Observe(milliseconds / 1000.0, (int)backend, tenant, session);

    public void FrameBuilt(TimeSpan duration) => _frameBuild.Observe(duration.TotalSeconds);

    public void FromProgram(int bytes) => _terminalBytes.Add(bytes, 0);

    public void ToProgram(int bytes) => _terminalBytes.Add(bytes, 1);

    public void FramesCoalesced(int count) => _coalesced.Add(count);

    public void ParserGuardFired(ParserGuard guard, long times) => _parserGuards.Add(times, (int)guard);

    public void MailboxWaited(ActorKind actor, TimeSpan wait) => _mailboxWait.Observe(wait.TotalSeconds, (int)actor);

    public void ActorFailed(ActorKind actor) => _restarts.Add(1, (int)actor * 3);

    /// <summary>Bytes that went to an address from which nothing authentic ever came.</summary>
    public void UnauthenticatedResponse(int bytes) => _unauthenticated.Add(bytes);

    public void Tripped() => _tripped.Add();

    public void Detected(DetectionRule rule) => _detections.Add(1, (int)rule);

    /// <summary>A tenant's sessions so far, and those whose client never came.</summary>
    public (long Started, long NeverConnected) StartsOf(int tenant) => (
        _started.Read((int)BackendKind.Pty, tenant) + _started.Read((int)BackendKind.Ssh, tenant), _ended.Read((int)SessionEndReason.NeverConnected, tenant));

    /// <summary>Bytes so far to and from addresses that had not proven themselves.</summary>
    public (long Sent, long Received) Unvalidated => (_unvalidatedSent.Read(), _unvalidatedReceived.Read());

    /// <summary>What is counted by looking, not as it happens.</summary>
    public void SetLive(LiveCounts live)
    {
        for (int tenant = 0; tenant < Registry.Tenants.Names.Count; tenant++)
        {
            for (int state = 0; state < _sessions.Slots; state++) { _sessions.Set(live.Sessions(tenant, (SessionState)state), state, tenant); }
        }

        _capacity.Set(live.Capacity);
        _keyBlocks.Set(live.KeyBlocksUsed);
        _socketDrops.RaiseTo(live.SocketDrops);
        _lookups.RaiseTo(live.Demux.AddressHits, 0);
        _lookups.RaiseTo(live.Demux.AddressMisses, 1);
        _lookups.RaiseTo(live.Demux.WindowHits, 2);
        _lookups.RaiseTo(live.Demux.WindowMisses, 3);
        _lookups.RaiseTo(live.Demux.FullHits, 4);
        _lookups.RaiseTo(live.Demux.FullMisses, 5);
        _trials.RaiseTo(live.Demux.TrialHits, 0);
        _trials.RaiseTo(live.Demux.TrialMisses, 1);
        _trials.RaiseTo(live.Demux.BudgetExhausted, 2);
        _candidates.RaiseTo(live.Demux.Candidates);
        Targets.SetLive(live);
        Quotas.SetLive(live, Registry.Tenants.Names.Count);
        _draining.Set(live.IsDraining ? 1 : 0);
        _drainRemaining.Set(live.IsDraining ? live.Total : 0);
    }

    public void Dispose()
    {
        Traces.Dispose();
        Registry.Dispose();
    }

    private static MetricLabel Reasons() =>
        new("reason", [.. Enum.GetValues<DropReason>().Where(reason => reason != DropReason.None).Select(DropReasons.WireName)]);

    private void CountDatagram(int slot, int bytes)
    {
        _datagrams.Add(1, slot);
        _datagramBytes.Add(bytes, slot);
    }
}
