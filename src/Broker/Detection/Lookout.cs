using System.Net;
using System.Security.Cryptography;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Detection;

/// <summary>Where the threads that receive say what struck them as odd. Counts and sketches of fixed size; nothing is allocated for a datagram.</summary>
/// <remarks>
/// From any thread. Time is that of the last look, a second old at most, so that nobody reads a clock for a stranger's datagram. What comes from
/// trusted scanners is nobody's business: neither here nor in the metrics of failures.
/// </remarks>
internal sealed class Lookout(BrokerMetrics metrics)
{
    private const int Shown = 8;
    private const long FadeMs = 60_000;

    private readonly Lock _lock = new();
    private readonly ulong _seed = NewSeed();
    private readonly DropSample _sample = new();
    private readonly RecentPrefixes _prefixes = new();
    private readonly TopTalkers<ulong> _failing = new();
    private readonly TopTalkers<ulong> _tripping = new();
    private readonly TopTalkers<ulong> _guessing = new();
    private readonly TopTalkers<string> _knownSessions = new();
    private readonly TopTalkers<string> _unknownSessions = new();
    private readonly TopTalkers<string> _oldSessions = new();
    private readonly TopTalkers<string> _flaps = new();
    private NetworkSet _trusted = NetworkSet.Nowhere;
    private MonoTime _now;
    private MonoTime _fadedAt;
    private long _unknown;
    private long _known;
    private long _old;
    private long _tripped;
    private long _guesses;
    private long _brokenGlass;

    /// <summary>The owner's own scanners and probes.</summary>
    public NetworkSet Trusted
    {
        get => Volatile.Read(ref _trusted);
        set => Volatile.Write(ref _trusted, value);
    }

    /// <summary>Networks that are turned away at the door.</summary>
    public SourceFilter Filter { get; } = new(NewSeed());

    /// <summary>Tells the first drop from a network; null for nobody to tell.</summary>
    public EndpointLog? Log { get; set; }

    /// <summary>True when a detection's response has a stranger's datagram dropped unread; it is counted then.</summary>
    /// <remarks>Whoever asks has made sure that no client of his is in that network.</remarks>
    /// <param name="port">Where it came to.</param>
    public bool TurnsAway(MonoTime now, in UdpAddress source, int port, int length)
    {
        if (Filter.IsOpen(now)) { return false; }
        if (!Filter.IsBlocked(now, source.Network) && (metrics.RecentPeers.Contains(now, source.Ip) || Filter.LetsStrangerIn())) { return false; }
        metrics.Received(source.IsIPv4, length);
        metrics.Dropped(DropReason.RateLimited);
        TurnedAway(source);
        Dropped(source, port, DropReason.RateLimited);
        return true;
    }

    /// <summary>A datagram that nobody turned out to have made was dropped: a line now and then, with where from.</summary>
    public void Dropped(in UdpAddress source, int port, DropReason reason)
    {
        if (Log is not { } log || Trusted.Contains(source.Ip) || !_sample.IsWorthALine(_now, source.Network, out long others)) { return; }
        log.FirstDrop(port, NetworkText.Of(source.Network), reason.WireName(), others);
    }

    /// <summary>A datagram did not authenticate.</summary>
    /// <param name="session">The one whose port it came to; null where many share one.</param>
    public void AuthFailed(in UdpAddress source, PeerClass peer, string? session)
    {
        if (Trusted.Contains(source.Ip)) { return; }
        metrics.AuthFailed(peer);
        lock (_lock)
        {
            switch (peer)
            {
                case PeerClass.Known:
                    _known++;
                    if (session is not null) { _knownSessions.Add(session); }
                    break;
                case PeerClass.Unknown:
                    _unknown++;
                    NoteFailing(source.Network);
                    if (session is not null) { _unknownSessions.Add(session); }
                    break;
                default: // A laptop that does not know yet is no attacker.
                    break;
            }
        }
    }

    /// <summary>A datagram for which no key was tried, because too many had been.</summary>
    public void BudgetSpent(in UdpAddress source)
    {
        if (Trusted.Contains(source.Ip)) { return; }
        lock (_lock) { NoteFailing(source.Network); }
    }

    /// <summary>A datagram was dropped unread, by the filter: what it is turned away for goes on.</summary>
    public void TurnedAway(in UdpAddress source)
    {
        lock (_lock)
        {
            _unknown++;
            NoteFailing(source.Network);
        }
    }

    /// <summary>A datagram from outside the tenant's networks.</summary>
    public void Forbidden(in UdpAddress source)
    {
        if (Trusted.Contains(source.Ip)) { return; }
        lock (_lock) { NoteFailing(source.Network); }
    }

    /// <summary>An authentic datagram more than 1,024 numbers behind.</summary>
    public void OldReplay(string session)
    {
        lock (_lock)
        {
            _old++;
            _oldSessions.Add(session);
        }
    }

    /// <summary>A client went back to where it just was.</summary>
    public void Flapped(string session)
    {
        lock (_lock) { _flaps.Add(session); }
    }

    /// <summary>A datagram came to a port that nothing uses.</summary>
    public void Tripped(in UdpAddress source)
    {
        if (Trusted.Contains(source.Ip)) { return; }
        metrics.Tripped();
        lock (_lock)
        {
            _tripped++;
            _tripping.Add(source.Network);
        }
    }

    /// <summary>A login by SSH failed.</summary>
    public void SshFailed(IPAddress source)
    {
        if (Trusted.Contains(source)) { return; }
        lock (_lock)
        {
            _guesses++;
            _guessing.Add(UdpAddress.From(source, 0).Network);
        }
    }

    /// <summary>A break-glass token was used; by whom stands in the audit trail.</summary>
    public void BrokeGlass() => Interlocked.Increment(ref _brokenGlass);

    /// <summary>Networks of failed datagrams in the last five minutes, about.</summary>
    public double FailingPrefixes
    {
        get { lock (_lock) { return _prefixes.Estimate(_now); } }
    }

    /// <summary>Hands over what was seen since the last time, which is forgotten but for who it was.</summary>
    public Tally Take(MonoTime now)
    {
        lock (_lock)
        {
            _now = now;
            Tally tally = new()
            {
                UnknownFailures = _unknown,
                KnownFailures = _known,
                OldReplays = _old,
                Tripped = _tripped,
                SshFailures = _guesses,
                FailingPrefixes = _prefixes.Estimate(now),
                Flaps = _flaps.Top(TopTalkers<string>.Places),
                BrokenGlass = Interlocked.Exchange(ref _brokenGlass, 0),
                FailingNetworks = _failing.Top(Shown),
                TrippingNetworks = _tripping.Top(Shown),
                GuessingNetworks = _guessing.Top(Shown),
                KnownFailureSessions = Names(_knownSessions),
                UnknownFailureSessions = Names(_unknownSessions),
                OldReplaySessions = Names(_oldSessions),
            };
            _unknown = _known = _old = _tripped = _guesses = 0;
            _flaps.Clear();
            if (now.Since(_fadedAt) >= FadeMs) { Fade(now); }
            return tally;
        }
    }

    private static ulong NewSeed() => BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));

    private static IReadOnlyList<string> Names(TopTalkers<string> sessions) => [.. sessions.Top(Shown).Select(session => session.Item)];

    private void NoteFailing(ulong network)
    {
        _prefixes.Add(_now, KeyedHash.Of(network, _seed));
        _failing.Add(network);
    }

    private void Fade(MonoTime now)
    {
        _fadedAt = now;
        foreach (TopTalkers<ulong> talkers in (TopTalkers<ulong>[])[_failing, _tripping, _guessing]) { talkers.Fade(); }
        foreach (TopTalkers<string> talkers in (TopTalkers<string>[])[_knownSessions, _unknownSessions, _oldSessions]) { talkers.Fade(); }
    }
}
