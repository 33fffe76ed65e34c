using System.Buffers;
using MoshBroker.Cluster;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Survival;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions;

/// <summary>One client of a session: its key and counters (in the transport), its port and address, and its view of the terminal.</summary>
internal sealed class Channel : IDatagramHandler, IUserInputSink, IViewer, IDisposable
{
    private const long MoveLogIntervalMs = 1000;
    private const int MostStreams = 2;

    // Where the client is, where it may be, and room for what comes from elsewhere.
    private const int ProvenPlaces = 4;

    private static readonly Dictionary<string, long> NoDrops = []; // Never written to.

    private readonly SessionActor _session;
    private readonly ISessionHost _host;
    private readonly IUdpEndpoint _endpoint;
    private readonly Transport<ScreenState, UserInputState> _transport;
    private readonly ScreenState _screen;
    private readonly ClientKeys _keys;
    private readonly EchoAckClock _echoAck;
    private readonly byte[] _owner = new byte[ChannelPeer.Length];
    private readonly ChannelMeter _meter;
    private readonly List<DatagramStream> _streams = [];
    private readonly long[] _drops = new long[DropReasons.Count];
    private readonly PathGuard<UdpPath> _guard = new();
    private readonly ProvenSources _proven;
    private MonoTime _now;
    private string? _peer;
    private long _unvalidatedSent;
    private long _unvalidatedReceived;
    private MonoTime _lastMoveTold = MonoTime.Never;
    private bool _isMoveUntold;
    private ByteBudget _budget;
    private MonoTime _heldBackUntil;
    private bool _abandoned;
    private bool _isBuried;
    private int? _question;

    /// <summary>Takes the seed over and begins to receive; on the loop's thread.</summary>
    public Channel(MonoTime now, ChannelSeed seed, SessionActor session, ISessionHost host, Emulator terminal)
    {
        _session = session;
        _host = host;
        _meter = new ChannelMeter(host.Metrics, session.Tenant, session.Facts.Id) { Backend = session.BackendKind, Port = seed.Port };
        _proven = new ProvenSources(host.Metrics, ProvenPlaces);
        Path = new PathWatch(session.Diagnosis.Timeline);
        Id = seed.Id;
        Port = seed.Port;
        Watcher = seed.Watcher;
        Name = ChannelName.Of(seed.Key);
        Kind = seed.Kind;
        CreatedAt = now;
        _screen = new ScreenState(terminal);
        TransportSetup setup = new()
        {
            Sends = Direction.ServerToClient,
            Key = seed.Key,
            Epoch = (ulong)seed.Epoch,
            Random = host.Random,
            Scratch = host.Scratch,
        };
        _transport = new Transport<ScreenState, UserInputState>(now, setup, _screen, new UserInputState());
        _keys = new ClientKeys(_screen, terminal);
        _echoAck = new EchoAckClock();
        seed.Key.Dispose();
        if (seed.Socket is { } socket) { session.Lifeline?.Hold(SocketName(Id), socket); }
        _endpoint = host.OpenEndpoint(seed, this);
        Saved = new ChannelEnd(_screen, _transport, _keys, _echoAck, _owner);
    }

    /// <summary>Goes on with a channel of the process before, and speaks first; takes the seed over.</summary>
    public Channel(MonoTime now, ChannelEnd saved, ChannelPeer peer, ChannelSeed seed, SessionActor session, ISessionHost host)
    {
        _session = session;
        _host = host;
        _meter = new ChannelMeter(host.Metrics, session.Tenant, session.Facts.Id) { Backend = session.BackendKind, Port = seed.Port };
        _proven = new ProvenSources(host.Metrics, ProvenPlaces);
        Path = new PathWatch(session.Diagnosis.Timeline, saved.Transport.LastHeard);
        Id = seed.Id;
        Port = seed.Port;
        Name = ChannelName.Of(seed.Key);
        // Whether he still may is not on record: he asks again.
        Watcher = peer.IsReadOnly ? new Watcher("somebody") { Until = now } : null;
        CreatedAt = now;
        _now = now;
        _screen = saved.Screen;
        _transport = saved.Transport;
        _keys = saved.Keys;
        _echoAck = saved.EchoAck;
        HasClient = peer.HasClient;
        Extensions = peer.Extensions;
        _screen.IsFull = Grants(PeerExtensions.FullScreen);
        (Columns, Rows) = (peer.Columns, peer.Rows);
        if (peer.Path is { } path)
        {
            _guard.Restore(path);
            _proven.Note(path);
            _peer = path.Peer.ToString();
            session.Peers.Note(now, Id, _peer);
            _transport.PayloadLimit = path.LongestPayload;
        }

        seed.Key.Dispose();
        if (seed.Socket is { } socket) { session.Lifeline?.Hold(SocketName(Id), socket); }
        _endpoint = host.OpenEndpoint(seed, this);
        Saved = saved with { Owner = _owner };
    }

    /// <summary>All of it that must outlive the process, after <see cref="Note"/>.</summary>
    public ChannelEnd Saved { get; }

    /// <summary>Something of it changed that must be saved before anything else is sent.</summary>
    public bool IsUnsaved { get; set; } = true;

    /// <summary>What its socket is called in the fd store.</summary>
    public static string SocketName(int id) => $"udp{id}";

    /// <summary>Brings <see cref="Saved"/> up to date.</summary>
    public void Note()
    {
        new ChannelPeer(Id, IsReadOnly, HasClient, Columns, Rows, _guard is { HasPath: true, Current.IsStream: false } ? _guard.Current : null) { Extensions = Extensions }.Write(_owner);
        IsUnsaved = false;
    }

    public int Id { get; }

    /// <summary>What the client calls it by; from any thread.</summary>
    public UInt128 Name { get; }

    /// <summary>What is known of the way to the client and back.</summary>
    public PathWatch Path { get; }

    /// <summary>True while its share of the bandwidth is used up.</summary>
    public bool IsHeldBack { get; private set; }

    /// <summary>The time of the last datagram.</summary>
    public MonoTime Now => _now;

    public int Port { get; }

    /// <summary>Set when the client only watches.</summary>
    public Watcher? Watcher { get; }

    /// <summary>Whether the watcher counted as one at the last look; the session's to write.</summary>
    public bool IsWatching { get; set; }

    /// <summary>How the client came.</summary>
    public AttachKind Kind { get; }

    public bool IsReadOnly => Watcher is not null;

    /// <summary>When a fresh datagram came last.</summary>
    public MonoTime LastHeard => _transport.LastHeard;

    public MonoTime CreatedAt { get; }

    /// <summary>Nothing more comes or goes: the socket may be closed.</summary>
    public bool IsClosed => _abandoned || _transport.Phase == TransportPhase.Closed;

    /// <summary>True once the client has sent a state: it is there, and it has said how large its window is.</summary>
    public bool HasClient { get; private set; }

    /// <summary>What the client may use beyond stock's protocol: nothing before its first state.</summary>
    public PeerExtensions Extensions { get; private set; }

    /// <summary>The client's window; 0 before it has said so.</summary>
    public int Columns { get; private set; }

    public int Rows { get; private set; }

    public TransportPhase Phase => _transport.Phase;

    /// <summary>True while the client's states count.</summary>
    public bool IsOpen => _transport.Phase == TransportPhase.Open;

    public EndReason EndReason => _transport.EndReason;

    /// <summary>When the client last sent a state with a new number; heartbeats have one.</summary>
    public MonoTime LastNewState { get; private set; } = MonoTime.Never;

    public string Session => _session.Facts.Id;

    /// <summary>Datagrams that somebody made without its key.</summary>
    public long AuthFailures => _meter.AuthFailures + _endpoint.Drops(DropReason.AuthFailed);

    public bool MayBeAt(in UdpAddress source) => Watcher?.Networks is { } networks ? networks.Contains(source.Ip) : _session.Allows(source);

    public void OnDatagram(MonoTime now, in UdpPath path, ReadOnlySpan<byte> datagram, bool congestionExperienced)
    {
        try
        {
            _now = now;
            if (!MayBeAt(path.Peer))
            {
                // Before any look at its key: from there not even the right key counts.
                _drops[(int)DropReason.Network]++;
                _meter.OnForbiddenNetwork(path, datagram.Length);
                return;
            }

            if (!_endpoint.IsProven && !_guard.KnowsNetwork(path.Network) && _meter.TurnsAway(now, path, datagram.Length))
            {
                _drops[(int)DropReason.RateLimited]++;
                return;
            }

            _transport.AcceptsRemoteStates = _session.TakesInput;
            MonoTime heard = _transport.LastHeard;
            DatagramVerdict verdict = _transport.OnDatagram(now, datagram, congestionExperienced);
            Fault.At(FaultPoint.Received);
            _meter.OnDatagram(now, path, datagram.Length, verdict, heard, verdict.IsAuthentic ? PeerClass.Known : ClassOf(now, path));
            if (!verdict.IsAccepted) { _drops[(int)verdict.Reason]++; }
            IsUnsaved |= verdict.IsAuthentic;
            if (verdict.IsAuthentic) { _proven.Note(path, _guard); }
            if (verdict.IsFresh) { OnFresh(now, path, datagram.Length, verdict, heard); }
            if (verdict.IsAuthentic) { Path.OnDatagram(now, verdict, _transport.AcknowledgedNumber, _transport.OutstandingStates > 0); }
            if (verdict.RemoteAdvanced) { TakeInput(now); }
        }
        catch (Exception failure)
        {
            _session.OnFault(failure);
        }
    }

    /// <summary>The client's datagrams come by its ssh too, and answers go there while its newest one did.</summary>
    public void AddStream(StreamSeed seed)
    {
        // A client has one; another means that its ssh was cut, and the kernel has not noticed.
        while (_streams.Count >= MostStreams) { DropStream(_streams[0]); }
        _streams.Add(new DatagramStream(seed, this));
    }

    public void OnOversize()
    {
        _drops[(int)DropReason.Oversize]++;
        _meter.OnOversize();
    }

    public void OnBatchEnd(MonoTime now) => _session.OnTurnEnd(now);

    public void OnFault(Exception failure) => _session.OnFault(failure);

    public void OnKeys(ReadOnlySpan<byte> keys)
    {
        if (_session.OnTyped(_now, this, _keys, keys)) { _meter.OnInput(_now); }
    }

    public void OnResize(int columns, int rows)
    {
        (Columns, Rows) = (columns, rows);
        _screen.SetView(columns, rows);
        _screen.Show();
        _session.OnResize(this);
    }

    public void OnQuestion(int number)
    {
        if (Grants(PeerExtensions.Health)) { _question = number; }
    }

    /// <summary>At most so many bytes a second to this client; null for no limit.</summary>
    public void SetRate(MonoTime now, long? bytesPerSecond) => _budget.SetRate(now, bytesPerSecond);

    /// <summary>Of the bandwidth that policy allows, the share in use. From any thread.</summary>
    public double BandwidthUsed(MonoTime now) => _budget.Used(now);

    /// <summary>What the broker itself has to say to the client; null for nothing.</summary>
    public void SetOverlay(ScreenOverlay? overlay) => _screen.SetOverlay(overlay);

    public void OnTimeout(MonoTime now)
    {
        _transport.OnTimeout(now);
        if (now < _keys.HeldUntil) { return; }
        _now = now;
        _session.OnHeldKeys(now, this, _keys);
    }

    /// <summary>The program is quiet: what it drew may be sent.</summary>
    public void OnQuiet(MonoTime now) => _transport.LocalSettled(now);

    /// <summary>The program printed.</summary>
    public void OnOutput(MonoTime now) => _meter.OnOutput(now);

    /// <summary>Sends what is due, and says when to come again.</summary>
    public MonoTime Flush(MonoTime now)
    {
        bool tellsEcho = IsOpen && !_session.IsScreenHeld;
        if (tellsEcho && _echoAck.Advance(now)) { _screen.SetEchoAck(_echoAck.EchoAck); }

        if (_guard.HasGuest) { Follow(_guard.Current.Peer, _guard.OnTimeout(now)); }
        MonoTime mayTransmit = _budget.Next(now);
        if (mayTransmit <= now) { SendProbes(now); }
        ArrayBufferWriter<byte> datagram = _host.SendBuffer;
        datagram.ResetWrittenCount();
        ulong frames = _transport.Frames;
        long began = ChannelMeter.Stamp();
        while (mayTransmit <= now && TryTransmit(now, datagram))
        {
            bool isFrame = _transport.Frames != frames;
            _budget.Spend(datagram.WrittenCount);
            mayTransmit = _budget.Next(now);
            _meter.OnComposed(now, began, isFrame);
            _guard.OnSent(now, datagram.WrittenCount, isFrame);
            Send(_guard.Current, datagram.WrittenSpan);
            datagram.ResetWrittenCount();
            frames = _transport.Frames;
            began = ChannelMeter.Stamp();
        }

        while (_transport.TryReadEvent(out TransportEvent happened))
        {
            if (happened.Kind == TransportEventKind.EpochNearlySpent) { _session.OnEpochNearlySpent(this); }
            if (happened.Reason == EndReason.NonceReuse) { _meter.Metrics.NonceReuseBlocked(); }
        }

        TransportStatistics numbers = _transport.Statistics;
        _meter.Report(now, numbers);
        ReportUnvalidated();
        if (_isMoveUntold)
        {
            _now = now;
            TellMove(now, roamed: true);
        }

        if (_streams.Exists(static stream => stream.IsGone)) { DropStream(_streams.Find(static stream => stream.IsGone)!); }
        Path.OnFlushed(now, numbers, _transport.OutstandingStates > 0);
        IsHeldBack = mayTransmit > now;

        MonoTime due = MonoTime.Min(_transport.NextTimeout ?? MonoTime.Forever, _keys.HeldUntil);
        MonoTime heldFrom = MonoTime.Max(_heldBackUntil, MonoTime.Max(due, now));
        if (mayTransmit > heldFrom)
        {
            _meter.OnHeldBack(mayTransmit.Since(heldFrom));
            _heldBackUntil = mayTransmit;
        }

        MonoTime next = MonoTime.Max(MonoTime.Min(due, _guard.NextTimeout), mayTransmit);
        if (_isMoveUntold) { next = MonoTime.Min(next, _lastMoveTold.Plus(MoveLogIntervalMs)); }
        return tellsEcho && _echoAck.NextTimeout is { } echo ? MonoTime.Min(next, echo) : next;
    }

    /// <summary>Tells the client that it is over, with the last screen.</summary>
    public void StartShutdown(MonoTime now) => _transport.StartShutdown(now);

    /// <summary>Its client never came.</summary>
    public void Abandon() => _abandoned = true;

    public void BeginEpoch(long epoch)
    {
        // Its numbers are spent: the transport refuses them, which ends the session before one is used again.
        if ((ulong)epoch <= _transport.Epoch) { _meter.Metrics.NonceReuseBlocked(); }
        _transport.BeginEpoch((ulong)epoch);
        IsUnsaved = true;
    }

    /// <summary>For anybody's eyes; from any thread, so single words are read that the loop writes.</summary>
    public ChannelView View(MonoTime now)
    {
        TransportStatistics numbers = _transport.Statistics;
        return new ChannelView(
            Id,
            Port,
            Volatile.Read(ref _peer),
            numbers.HasRttSample ? Math.Round(numbers.SmoothedRtt, 1) : null,
            HeardSecondsAgo(now),
            (long)numbers.DatagramsReceived,
            (long)numbers.DatagramsSent,
            (long)numbers.BytesReceived,
            (long)numbers.BytesSent,
            _meter.Roams,
            (long)numbers.BlocksSealed,
            DropsByReason())
        {
            RttVariationMs = numbers.HasRttSample ? Math.Round(numbers.RttVariation, 1) : null,
            JitterMs = Math.Round(numbers.Jitter, 1),
            UplinkLoss = Share(numbers.UplinkLost, numbers.UplinkExpected),
            DownlinkRepeats = Share(numbers.Retransmissions, numbers.Frames),
            IsReadOnly = IsReadOnly,
        };
    }

    private static double Share(ulong part, ulong whole) => whole == 0 ? 0 : Math.Round(Math.Min(1, (double)part / whole), 4);

    /// <summary>Seconds since the last fresh authentic datagram; null before the first.</summary>
    public double? HeardSecondsAgo(MonoTime now)
    {
        MonoTime heard = _transport.Statistics.LastHeard;
        return heard == MonoTime.Never ? null : Math.Max(0, now.Since(heard) / 1000.0);
    }

    /// <summary>Datagrams for this channel that the kernel dropped; its tombstone goes on with the count.</summary>
    public uint KernelDrops => Volatile.Read(ref _isBuried) ? 0 : _endpoint.KernelDrops;

    /// <summary>The transport's numbers; from any thread, as far as single words go.</summary>
    public TransportStatistics Statistics => _transport.Statistics;

    /// <summary>What else was counted.</summary>
    public ChannelMeter Meter => _meter;

    /// <summary>A client was there and has not heard that it is over.</summary>
    public bool IsClientUntold => _guard.HasPath && !_transport.IsPeerTold && _transport.EndReason is not (EndReason.CryptoLimit or EndReason.NonceReuse);

    /// <summary>Hands port, key and numbers to a tombstone, for a client that is away; null when nobody need be told.</summary>
    public EndedChannel? Bury(MonoTime now)
    {
        if (!IsClientUntold || _isBuried) { return null; }
        Volatile.Write(ref _isBuried, true);
        return new EndedChannel(new EndedChannelName(_session.Facts.Id, Id), now, _host, _transport.Bury(), HandOver);
    }

    private IUdpEndpoint HandOver(IDatagramHandler handler)
    {
        _endpoint.HandTo(handler);
        return _endpoint;
    }

    /// <summary>What the store needs to know of it for its tombstone.</summary>
    public ChannelRemains Remains => new(Id, _transport.NextExpectedSequence, _transport.Statistics.BlocksSealed);

    public void Dispose()
    {
        while (_streams.Count > 0) { DropStream(_streams[0]); }
        if (_peer is not null) { _meter.Metrics.RecentPeers.Note(_now, _guard.Current.Peer.Ip); }
        if (!_isBuried)
        {
            _meter.Metrics.SocketClosed(_endpoint.KernelDrops);
            _endpoint.Dispose();
        }

        _transport.Dispose();
        _screen.Release();
    }

    private bool TryTransmit(MonoTime now, ArrayBufferWriter<byte> datagram)
    {
        _transport.PathMark = _guard.CurrentMark;
        _transport.SendRoom = _guard.Room;
        return _transport.TryTransmit(now, datagram);
    }

    /// <summary>Finds out whether the client hears us where it was not known to, or still where it was.</summary>
    private void SendProbes(MonoTime now)
    {
        ArrayBufferWriter<byte> datagram = _host.SendBuffer;
        while (_guard.TryGetProbe(now, out PathProbe<UdpPath> probe))
        {
            datagram.ResetWrittenCount();
            ulong frames = _transport.Frames;
            long began = ChannelMeter.Stamp();
            _transport.PathMark = probe.Mark;
            _transport.SendRoom = _guard.Room;
            bool isMade = _transport.TryProbe(now, probe.IsAside, probe.Room, datagram);
            _guard.OnProbed(now, probe, datagram.WrittenCount);
            if (!isMade) { continue; }
            _budget.Spend(datagram.WrittenCount);
            _meter.OnComposed(now, began, isFrame: _transport.Frames != frames);
            Send(probe.Path, datagram.WrittenSpan);
        }

        datagram.ResetWrittenCount();
    }

    private void ReportUnvalidated()
    {
        if (_guard.UnvalidatedReceived == _unvalidatedReceived && _guard.UnvalidatedSent == _unvalidatedSent) { return; }
        _meter.Metrics.UnvalidatedReceived(_guard.UnvalidatedReceived - _unvalidatedReceived);
        _meter.Metrics.UnvalidatedSent(_guard.UnvalidatedSent - _unvalidatedSent);
        (_unvalidatedReceived, _unvalidatedSent) = (_guard.UnvalidatedReceived, _guard.UnvalidatedSent);
    }

    private void Send(in UdpPath path, ReadOnlySpan<byte> datagram)
    {
        if (path.IsStream)
        {
            SendByStream(path, datagram);
            return;
        }

        Fault.At(FaultPoint.Composed);
        SendResult sent = _proven.Send(_endpoint, path, datagram);
        Fault.At(FaultPoint.Sent);
        if (sent == SendResult.TooLong) { _transport.OnSendTooLong(); }
    }

    private void SendByStream(in UdpPath path, ReadOnlySpan<byte> datagram)
    {
        foreach (DatagramStream stream in _streams)
        {
            if (stream.Path == path && stream.Send(datagram)) { _meter.Metrics.Sent(path.Peer.IsIPv4, datagram.Length); }
        }
    }

    private void DropStream(DatagramStream stream)
    {
        _streams.Remove(stream);
        stream.Dispose();
    }

    private PeerClass ClassOf(MonoTime now, in UdpPath path)
    {
        if (_guard.Knows(path)) { return PeerClass.Known; }
        return _meter.Metrics.RecentPeers.Contains(now, path.Peer.Ip) ? PeerClass.Recent : PeerClass.Unknown;
    }

    private Dictionary<string, long> DropsByReason()
    {
        Dictionary<string, long>? drops = null;
        for (int reason = 1; reason < _drops.Length; reason++)
        {
            long count = _drops[reason] + _endpoint.Drops((DropReason)reason);
            if (count > 0) { (drops ??= [])[((DropReason)reason).WireName()] = count; }
        }

        return drops ?? NoDrops;
    }

    /// <summary>Only its newest datagram may say where the client is, and it has been checked.</summary>
    private void OnFresh(MonoTime now, in UdpPath path, int length, in DatagramVerdict verdict, MonoTime heard)
    {
        UdpAddress from = _guard.Current.Peer;
        Follow(from, _guard.OnFresh(now, path, length, verdict.EchoedMark, now.Since(heard), _transport.RoundTrip.Timeout));
        if (_guard.HasGuest && _guard.IsValidated && path.Network != _guard.Current.Network) { _meter.OnContested(now); }
    }

    private void Follow(in UdpAddress from, PathChange change)
    {
        if ((change & PathChange.Stuck) != 0) { _session.OnFlapping(_guard.Current.Peer.ToString()); }
        if ((change & (PathChange.First | PathChange.Moved)) == 0) { return; }
        UdpAddress peer = _guard.Current.Peer;
        bool roamed = (change & PathChange.Moved) != 0;
        _transport.PayloadLimit = _guard.Current.LongestPayload;
        Volatile.Write(ref _peer, peer.ToString());
        if (roamed)
        {
            RoamKind kind = RoamKinds.Between(from, peer);
            Path.OnRoamed(_now, kind);
            _meter.OnRoamed(kind, isFlap: (change & PathChange.Flap) != 0);
        }
        else { _meter.OnAttached(Kind); }

        _isMoveUntold = true;
        TellMove(_now, roamed);
    }

    /// <summary>A client may flap with every datagram; the log need not. Where it is in the end is told.</summary>
    private void TellMove(MonoTime now, bool roamed)
    {
        if (now.Since(_lastMoveTold) < MoveLogIntervalMs) { return; }
        _isMoveUntold = false;
        _lastMoveTold = now;
        _session.OnMoved(this, _peer!, roamed);
    }

    private void TakeInput(MonoTime now)
    {
        LastNewState = now;
        if (!IsOpen) { return; }
        if (!HasClient) { Greet(); }
        ulong events = _transport.Remote.Drain(this);
        if (events > 0 && _transport.RemoteNumber != ulong.MaxValue) { _echoAck.Record(now, _transport.RemoteNumber); }
        HasClient = true;
        if (_question is { } question) { Answer(now, question); }
        _session.OnNewState(now);
    }

    private bool Grants(PeerExtensions extension) => (Extensions & extension) != 0;

    /// <summary>A client of ours says so in its first state, whatever of its datagrams comes first. Stock's never hears of any of this.</summary>
    private void Greet()
    {
        Extensions = _transport.Remote.Hello & _host.Offer.Extensions;
        if (Extensions == PeerExtensions.None) { return; }
        _screen.IsFull = Grants(PeerExtensions.FullScreen);
        _screen.SetNotes(new ServerNotes(Extensions) { Addresses = Grants(PeerExtensions.Addresses) ? _host.Offer.Addresses : [] });
    }

    /// <summary>Once a turn, however many it asks.</summary>
    private void Answer(MonoTime now, int question)
    {
        _question = null;
        TransportStatistics numbers = _transport.Statistics;
        LinkHealth health = new(
            question,
            numbers.HasRttSample ? (int)numbers.SmoothedRtt : 0,
            numbers.HasRttSample ? (int)numbers.RttVariation : 0,
            (int)(1000 * Share(numbers.UplinkLost, numbers.UplinkExpected)),
            (int)(1000 * Share(numbers.Retransmissions, numbers.Frames)),
            VerdictWords.Line(_session, now));
        _screen.SetNotes((_screen.Notes ?? new ServerNotes(Extensions)) with { Health = health });
    }
}
