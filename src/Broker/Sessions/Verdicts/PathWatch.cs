using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Sessions.Verdicts;

/// <summary>What one client's datagrams say about the path between it and us. Belongs to the session's loop.</summary>
internal sealed class PathWatch
{
    // One datagram may have left before what it should acknowledge arrived, or may be the only one whose partner was lost.
    private const int DeafDatagrams = 2;
    private const long ShortestRoundTripMs = 300;
    private const long LongestRoundTripMs = 3000;

    // A client hops by itself when it has had no round trip for 10 s.
    private const long HopAfterMs = 9000;

    // Before the round trip is known well, acknowledgements are waited for too shortly.
    private const long SettlingMs = 10_000;

    // While nothing is acknowledged it is not known which way is to blame for what has to be sent again.
    private const int MostRepeats = 2;

    private const ulong LongestGap = 1 << 18; // Beyond it nothing was lost: the sender left the numbers out.

    private readonly SessionTimeline _timeline;
    private LossWindow _losses;
    private ulong _frames;
    private int _framesUnheard;
    private int _repeatsUnheard;
    private ulong _repeats;
    private ulong _acknowledged;
    private MonoTime _acknowledgedAt = MonoTime.Never;
    private MonoTime _waitingSince = MonoTime.Forever;
    private MonoTime _heard;
    private MonoTime _firstHeard;
    private long _roundTripMs = LongestRoundTripMs;
    private int _deaf;
    private MonoTime _candidate = MonoTime.Never;
    private MonoTime _reboundAt = MonoTime.Never;
    private MonoTime _returnedAt = MonoTime.Never;
    private bool _wasAsleep;

    /// <param name="heard">When the client was last heard, by the process before.</param>
    public PathWatch(SessionTimeline timeline, MonoTime? heard = null)
    {
        _timeline = timeline;
        _heard = heard ?? MonoTime.Never;
        _firstHeard = _heard == MonoTime.Never ? MonoTime.Forever : _heard;
    }

    /// <summary>The last silence in s, and what was missing after it, packed as <see cref="SessionVerdict.Detail"/>.</summary>
    public long LastReturn { get; private set; }

    /// <summary>The client's datagrams that came.</summary>
    public long Arrived { get; private set; }

    /// <summary>Those that did not, as far as is known at once, and outages apart; one that comes late is taken off again.</summary>
    public long Missing { get; private set; }

    /// <summary>An authentic datagram came.</summary>
    /// <param name="acknowledged">The newest own state that the client is now known to have.</param>
    /// <param name="isWaiting">There are newer ones.</param>
    public void OnDatagram(MonoTime now, in DatagramVerdict verdict, ulong acknowledged, bool isWaiting)
    {
        if (verdict.Replay == ReplayKind.Reordered)
        {
            _losses.OnLate(now);
            (Arrived, Missing) = (Arrived + 1, Missing - 1);
        }

        if (!verdict.IsFresh) { return; }
        long silence = _heard == MonoTime.Never ? 0 : now.Since(_heard);
        if (_heard == MonoTime.Never) { _firstHeard = now; }
        _heard = now;
        if (silence >= VerdictRules.SilentAfterMs) { Return(now, silence, verdict.Distance, isWaiting); }
        else
        {
            int skipped = verdict.Distance <= LongestGap ? (int)verdict.Distance : 0;
            _losses.OnFresh(now, skipped);
            Missing += skipped;
        }

        Arrived++;

        if (acknowledged != _acknowledged)
        {
            _acknowledged = acknowledged;
            _acknowledgedAt = now;
            _waitingSince = isWaiting ? now : MonoTime.Forever;
            if (_deaf >= DeafDatagrams) { _losses.Clear(); }
            CountRepeats(now);
            _deaf = 0;
            if (_candidate != MonoTime.Never)
            {
                // The client hears us there: it was the way that changed, and it works again.
                (_reboundAt, _candidate) = (now, MonoTime.Never);
            }
        }
        else if (now.Since(_waitingSince) > _roundTripMs) { _deaf++; }
    }

    /// <summary>Its address is another one; before <see cref="OnDatagram"/> of the datagram that said so.</summary>
    public void OnRoamed(MonoTime now, RoamKind kind)
    {
        _timeline.Add(now, TimelineKind.Roamed, (int)kind);
        if (_deaf > 0 || now.Since(_heard) >= VerdictRules.SilentAfterMs) { return; }
        if (kind == RoamKind.Port && now.Since(_acknowledgedAt) < HopAfterMs) { _candidate = now; }

        // What went to the old address is not the new one's fault.
        if (_waitingSince < MonoTime.Forever) { _waitingSince = now; }
    }

    /// <summary>Whatever was due has been sent.</summary>
    public void OnFlushed(MonoTime now, in TransportStatistics numbers, bool isWaiting)
    {
        if (isWaiting && _waitingSince == MonoTime.Forever) { _waitingSince = now; }
        _roundTripMs = Math.Clamp((long)(numbers.SmoothedRtt + (4 * numbers.RttVariation)), ShortestRoundTripMs, LongestRoundTripMs);
        if (numbers.Frames == _frames) { return; }
        _framesUnheard += (int)(numbers.Frames - _frames);
        _repeatsUnheard += (int)(numbers.Retransmissions - _repeats);
        (_frames, _repeats) = (numbers.Frames, numbers.Retransmissions);
    }

    /// <summary>When the last fresh datagram came.</summary>
    public MonoTime Heard => _heard;

    /// <summary>What is known of the path.</summary>
    public VerdictFacts Facts(MonoTime now) => new()
    {
        HasClient = _heard != MonoTime.Never,
        SilentMs = _heard == MonoTime.Never ? 0 : now.Since(_heard),
        DeafMs = _deaf >= DeafDatagrams ? now.Since(_waitingSince) : 0,
        ReturnedMs = now.Since(_returnedAt),
        WasAsleep = _wasAsleep,
        ReboundMs = now.Since(_reboundAt),
        Loss = _losses.Share(now),
    };

    private void CountRepeats(MonoTime now)
    {
        int repeats = Math.Min(_repeatsUnheard, MostRepeats);
        if (now.Since(_firstHeard) >= SettlingMs) { _losses.OnSent(now, _framesUnheard - _repeatsUnheard + repeats, repeats); }
        (_framesUnheard, _repeatsUnheard) = (0, 0);
    }

    private void Return(MonoTime now, long silence, ulong missing, bool isWaiting)
    {
        missing = Math.Min(missing, uint.MaxValue);
        _returnedAt = now;
        _wasAsleep = VerdictRules.WasAsleep(silence, missing);
        LastReturn = SessionVerdict.Pack(silence / 1000, (long)missing);
        _timeline.Add(now, _wasAsleep ? TimelineKind.Woke : TimelineKind.Returned, (int)Math.Min(silence / 1000, int.MaxValue), (int)Math.Min(missing, int.MaxValue));
        _losses.Clear();
        (_framesUnheard, _repeatsUnheard) = (0, 0);
        _deaf = 0;
        _waitingSince = isWaiting ? now : MonoTime.Forever;
    }
}
