namespace MoshBroker.Protocol.StateSync;

/// <summary>When to send next: acks and heartbeats on one deadline, states on the other.</summary>
internal sealed class SendSchedule
{
    /// <summary>An end that has nothing to say says so this often, unless its owner says otherwise, in ms.</summary>
    public const long UsualHeartbeatInterval = 3000;

    /// <summary>Added to the round-trip timeout before a state is taken to be lost, in ms.</summary>
    public const long TimeoutSlack = 100;

    // Data is acknowledged within this, ms, if nothing else is sent before.
    private const long AckDelay = 100;

    // What comes just after a frame waits for a whole frame interval, so that on a long path even a settled change waits this part of it: 0 ms at an
    // interval of 20 ms, 7 ms at 250 ms.
    private const int SettledShare = 32;

    // A peer that brought nothing new for so long gets heartbeats only, ms.
    private const long ActiveRetryTime = 10_000;

    private MonoTime _collectingSince = MonoTime.Forever;
    private MonoTime _nextFrame = MonoTime.Never;
    private long _settledDelay;
    private bool _isSettled;

    public SendSchedule(MonoTime now) => AckDeadline = now;

    public MonoTime AckDeadline { get; private set; }

    public MonoTime SendDeadline { get; private set; } = MonoTime.Forever;

    /// <summary>After how long an end that has nothing to say says so, in ms.</summary>
    public long HeartbeatInterval { get; set; } = UsualHeartbeatInterval;

    /// <summary>How long a changed state waits for further changes, in ms.</summary>
    public long CollectionDelay { get; set; }

    /// <summary>True when the peer sent data that nothing has acknowledged yet.</summary>
    public bool IsDataAckPending { get; set; }

    public MonoTime Deadline => MonoTime.Min(AckDeadline, SendDeadline);

    /// <summary>Nothing more is expected to be collected for the present change.</summary>
    /// <remarks>
    /// Not heeded while the last frame is younger than a frame interval: the change waits anyway, and frames in a row would otherwise follow each
    /// other more closely than stock's, whose collection goes on beyond the interval.
    /// </remarks>
    public void Settle(MonoTime now) => _isSettled = now >= _nextFrame && _collectingSince != MonoTime.Forever;

    /// <summary>Something was sent that acknowledged everything, and changed nothing else.</summary>
    public void OnAcknowledged(MonoTime now)
    {
        AckDeadline = now.Plus(HeartbeatInterval);
        IsDataAckPending = false;
    }

    public void AckNow(MonoTime now) => AckDeadline = MonoTime.Min(AckDeadline, now);

    /// <summary>Works both deadlines out anew.</summary>
    public void Reckon(MonoTime now, RoundTripEstimator roundTrip, MonoTime heard, MonoTime newestSentAt, Difference difference, bool isEnding)
    {
        MonoTime nextFrame = newestSentAt.Plus(roundTrip.FrameInterval);
        _nextFrame = nextFrame;
        _settledDelay = Math.Min(CollectionDelay, roundTrip.FrameInterval / SettledShare);
        if (IsDataAckPending)
            AckDeadline = MonoTime.Min(AckDeadline, now.Plus(AckDelay));

        bool isActive = now.Since(heard) < ActiveRetryTime;
        if (difference == Difference.FromNewestSent)
        {
            _collectingSince = MonoTime.Min(_collectingSince, now);
            SendDeadline = MonoTime.Max(CollectedAt, nextFrame);
        }
        else if (difference == Difference.FromAssumed && isActive)
        {
            SendDeadline = _collectingSince == MonoTime.Forever ? nextFrame : MonoTime.Max(CollectedAt, nextFrame);
        }
        else if (difference != Difference.None && isActive)
        {
            SendDeadline = newestSentAt.Plus(roundTrip.Timeout + TimeoutSlack);
        }
        else
        {
            SendDeadline = MonoTime.Forever;
        }

        if (isEnding)
            AckDeadline = nextFrame;
    }

    /// <summary>An instruction was sent: it acknowledged everything, and it was a heartbeat too.</summary>
    public void OnSent(MonoTime now)
    {
        OnAcknowledged(now);
        OnNothingToSend();
    }

    /// <summary>The state came back to what the peer is taken to have.</summary>
    public void OnNothingToSend()
    {
        SendDeadline = MonoTime.Forever;
        _collectingSince = MonoTime.Forever;
        _isSettled = false;
    }

    private MonoTime CollectedAt => _collectingSince.Plus(_isSettled ? _settledDelay : CollectionDelay);

    /// <summary>The nearest of the states sent that the current one differs from.</summary>
    public enum Difference
    {
        None,
        FromAcknowledged,
        FromAssumed,
        FromNewestSent,
    }
}
