using System.Diagnostics;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Telemetry;

/// <summary>What one channel's turns tell the metrics. Belongs to the session's loop; single words may be read from anywhere.</summary>
internal sealed class ChannelMeter(BrokerMetrics metrics, int tenant, string session)
{
    // A client that is there speaks every 3 s.
    private const long GapFromMs = 5000;

    private const long RttIntervalMs = 1000;

    // A program that has printed nothing by then shows nothing of the input, or takes its time over it: not the broker's share.
    private const long ProgramLimitMs = 1000;

    // More often than what RoamFlapping allows a minute.
    private const long ContestedIntervalMs = 10_000;

    private TransportStatistics _told;
    private MonoTime _rttToldAt = MonoTime.Never;
    private MonoTime _inputAt = MonoTime.Forever;
    private MonoTime _contestedAt = MonoTime.Never;
    private bool _hasEffect;
    private int _screens;
    private long _roams;
    private long _authFailures;

    public int Port { get; init; }

    /// <summary>What answers the client now: a session that began with the menu comes to a target later.</summary>
    public BackendKind Backend { get; set; }

    public long Roams => Volatile.Read(ref _roams);

    public long AuthFailures => Volatile.Read(ref _authFailures);

    public BrokerMetrics Metrics => metrics;

    /// <summary>A datagram came.</summary>
    /// <param name="lastHeard">When a fresh one had come before.</param>
    /// <param name="peer">Who sent it, if it is not authentic.</param>
    public void OnDatagram(MonoTime now, in UdpPath path, int length, in DatagramVerdict verdict, MonoTime lastHeard, PeerClass peer)
    {
        if (!Measures.AreOn) { return; }
        metrics.Received(path.Peer.IsIPv4, length);
        if (verdict.Reason != DropReason.None)
        {
            metrics.Dropped(verdict.Reason);
            if (!verdict.IsAuthentic) { metrics.Lookout.Dropped(path.Peer, Port, verdict.Reason); }
            if (verdict.Reason == DropReason.AuthFailed)
            {
                Volatile.Write(ref _authFailures, _authFailures + 1);
                metrics.Lookout.AuthFailed(path.Peer, peer, session);
            }
        }

        if (verdict.Replay != ReplayKind.None) { metrics.Replayed(verdict.Replay); }
        if (verdict.Replay == ReplayKind.Old) { metrics.Lookout.OldReplay(session); }
        if (verdict.IsFresh && lastHeard != MonoTime.Never && now.Since(lastHeard) >= GapFromMs) { metrics.ClientReturned(tenant, now.Since(lastHeard)); }
    }

    /// <summary>A datagram from elsewhere than the client: true when a detection's response has it dropped unread.</summary>
    public bool TurnsAway(MonoTime now, in UdpPath path, int length) => metrics.Lookout.TurnsAway(now, path.Peer, Port, length);

    public void OnForbiddenNetwork(in UdpPath path, int length)
    {
        metrics.Received(path.Peer.IsIPv4, length);
        metrics.Dropped(DropReason.Network);
        metrics.Lookout.Forbidden(path.Peer);
        metrics.Lookout.Dropped(path.Peer, Port, DropReason.Network);
    }

    public void OnOversize() => metrics.Dropped(DropReason.Oversize);

    public void OnAttached(AttachKind kind) => metrics.Attached(tenant, kind);

    public void OnRoamed(RoamKind kind, bool isFlap)
    {
        Volatile.Write(ref _roams, _roams + 1);
        metrics.Roamed(tenant, kind, isFlap);
        if (isFlap) { metrics.Lookout.Flapped(session); }
    }

    /// <summary>Something was to be sent, and had to wait for the client's bandwidth.</summary>
    public void OnHeldBack(long milliseconds) => metrics.Quotas.Throttled(tenant, QuotaResource.Bandwidth, milliseconds);

    /// <summary>
    /// The client's newest datagram came from another network, and the client proves that it hears us where it was: it has two networks, or somebody copies
    /// what it sends and is faster. It is not followed there; that it seems to go and come back all the while counts as one flap in ten seconds.
    /// </summary>
    public void OnContested(MonoTime now)
    {
        if (now.Since(_contestedAt) < ContestedIntervalMs) { return; }
        _contestedAt = now;
        metrics.Flapped(tenant);
        metrics.Lookout.Flapped(session);
    }

    /// <summary>Input of the client went to the program.</summary>
    public void OnInput(MonoTime now)
    {
        if (!Measures.AreOn) { return; }
        if (_inputAt == MonoTime.Forever || (!_hasEffect && now.Since(_inputAt) > ProgramLimitMs)) { _inputAt = now; }
    }

    /// <summary>The program printed: if input went to it just before, this is its effect.</summary>
    public void OnOutput(MonoTime now)
    {
        if (!Measures.AreOn) { return; }
        _screens++;
        if (_inputAt == MonoTime.Forever || _hasEffect) { return; }
        if (now.Since(_inputAt) <= ProgramLimitMs) { _hasEffect = true; }
        else { _inputAt = MonoTime.Forever; }
    }

    /// <summary>For <see cref="OnComposed"/>: Stopwatch's reading.</summary>
    public static long Stamp() => Measures.AreOn ? Stopwatch.GetTimestamp() : 0;

    /// <summary>A datagram was made.</summary>
    /// <param name="began">Stopwatch's reading before it was.</param>
    /// <param name="isFrame">True when it begins to carry a change of the screen.</param>
    public void OnComposed(MonoTime now, long began, bool isFrame)
    {
        if (!isFrame || !Measures.AreOn) { return; }
        metrics.FrameBuilt(Stopwatch.GetElapsedTime(began));
        if (_screens > 1) { metrics.FramesCoalesced(_screens - 1); }
        _screens = 0;
        if (!_hasEffect) { return; }
        metrics.Echoed(tenant, Backend, now.Since(_inputAt), session);
        _hasEffect = false;
        _inputAt = MonoTime.Forever;
    }

    /// <summary>Passes on what the transport counted since the last time.</summary>
    public void Report(MonoTime now, in TransportStatistics numbers)
    {
        if (!Measures.AreOn) { return; }
        if (numbers.UplinkExpected != _told.UplinkExpected || numbers.UplinkLost != _told.UplinkLost || numbers.UplinkOutage != _told.UplinkOutage)
        {
            metrics.Uplink(
                tenant, numbers.UplinkExpected - _told.UplinkExpected, numbers.UplinkLost - _told.UplinkLost, numbers.UplinkOutage - _told.UplinkOutage);
        }

        if (numbers.Frames != _told.Frames || numbers.Retransmissions != _told.Retransmissions)
        {
            metrics.Downlink(tenant, numbers.Frames - _told.Frames, numbers.Retransmissions - _told.Retransmissions);
        }

        if (numbers.RttSamples != _told.RttSamples && now.Since(_rttToldAt) >= RttIntervalMs)
        {
            _rttToldAt = now;
            metrics.RoundTrip(tenant, numbers.SmoothedRtt, session);
        }

        _told = numbers;
    }
}
