using MoshBroker.Protocol;

namespace MoshBroker.Client.Ways;

/// <summary>When datagrams go through ssh instead of UDP, and when they come back. Pure: what happens is told with the time.</summary>
/// <remarks>
/// ssh takes its time to start, so it is started before UDP is given up. UDP is tried again and again meanwhile, by a datagram that goes both ways, so that
/// nothing of the session waits for it. When UDP is back, ssh is kept for a while.
/// </remarks>
internal sealed class FallbackPlan
{
    /// <summary>An answer to the first datagram that takes longer will not come, or is worth no waiting: ms.</summary>
    public const long FirstWait = 1500;

    /// <summary>Heartbeats come every 3 s: this is the loss of two and some more, ms.</summary>
    public const long LaterWait = 8000;

    private const long UdpHolds = 8000;
    private const long FirstProbe = 3000;
    private const long LongestProbe = 60_000;
    private const long FirstRetry = 5000;
    private const long LongestRetry = 60_000;
    private const long KeptAfterUse = 60_000;
    private const long Asleep = 5000;

    private readonly bool _isAlways;
    private MonoTime _udpHeard = MonoTime.Never;
    private MonoTime _waitsFrom;
    private MonoTime _retryAt = MonoTime.Never;
    private MonoTime _probeAt;
    private MonoTime _lastUse;
    private MonoTime _lastStep;
    private long _retryAfter = FirstRetry;
    private long _probeAfter = FirstProbe;
    private bool _isStarted;
    private bool _isReady;

    /// <param name="now">The begin of the session.</param>
    /// <param name="isAlways">UDP is not wanted at all.</param>
    public FallbackPlan(MonoTime now, bool isAlways)
    {
        _isAlways = isAlways;
        _waitsFrom = _lastStep = now;
    }

    /// <summary>True while datagrams go through ssh.</summary>
    public bool UsesStream { get; private set; }

    /// <summary>An authentic datagram came by UDP.</summary>
    public void OnUdpHeard(MonoTime now)
    {
        _udpHeard = _waitsFrom = now;
        _probeAfter = FirstProbe;
    }

    /// <summary>ssh was started.</summary>
    public void OnStarted() => _isStarted = true;

    /// <summary>The broker has the stream.</summary>
    public void OnReady(MonoTime now)
    {
        _isReady = true;
        _retryAfter = FirstRetry;
        _lastUse = now;
        _probeAt = now.Plus(FirstProbe);
    }

    /// <summary>ssh has ended, or never began.</summary>
    public void OnEnded(MonoTime now)
    {
        _isStarted = _isReady = false;
        _retryAt = now.Plus(_retryAfter);
        _retryAfter = Math.Min(2 * _retryAfter, LongestRetry);
    }

    /// <summary>Brings the decisions up to date.</summary>
    public FallbackStep Step(MonoTime now)
    {
        // Whoever slept has heard nothing meanwhile, and that proves nothing.
        if (now.Since(_lastStep) > Asleep) { _waitsFrom = now; }
        _lastStep = now;
        UsesStream = _isReady && (_isAlways || _udpHeard == MonoTime.Never || now.Since(_udpHeard) > UdpHolds);
        if (UsesStream) { _lastUse = now; }
        if (!_isStarted) { return now >= StartAt ? FallbackStep.Start : FallbackStep.None; }
        if (_isReady && !UsesStream && now.Since(_lastUse) > KeptAfterUse) { return FallbackStep.Stop; }
        if (!UsesStream || _isAlways || now < _probeAt) { return FallbackStep.None; }
        _probeAt = now.Plus(_probeAfter);
        _probeAfter = Math.Min(2 * _probeAfter, LongestProbe);
        return FallbackStep.Probe;
    }

    /// <summary>When to step again, if nothing happens before.</summary>
    public MonoTime NextStep => !_isStarted ? StartAt : UsesStream && !_isAlways ? _probeAt : MonoTime.Forever;

    private MonoTime StartAt => MonoTime.Max(_retryAt, _isAlways ? _waitsFrom : _waitsFrom.Plus(_udpHeard == MonoTime.Never ? FirstWait : LaterWait));
}
