namespace MoshBroker.Protocol.StateSync;

/// <summary>How unevenly the path delays what the peer sends: the mean change of the transit time from one datagram to the next, in ms.</summary>
/// <remarks>RFC 3550, section 6.4.1. The peer's clock need not be ours: only differences count.</remarks>
internal sealed class ArrivalJitter
{
    // Timestamps wrap after 65 s; well before that a pause says nothing about jitter.
    private const long LongestPause = 10_000;

    private bool _hasLast;
    private ushort _lastSent;
    private MonoTime _lastArrived;

    /// <summary>0 before the second datagram.</summary>
    public double Value { get; private set; }

    /// <summary>A fresh datagram came that was sent at <paramref name="sentMs16"/> of the peer's clock.</summary>
    public void Add(MonoTime now, ushort sentMs16)
    {
        long arrived = now.Since(_lastArrived);
        if (_hasLast && arrived < LongestPause)
        {
            long change = Math.Abs(arrived - unchecked((ushort)(sentMs16 - _lastSent)));
            if (change < LongestPause)
                Value += (change - Value) / 16;
        }

        _hasLast = true;
        _lastSent = sentMs16;
        _lastArrived = now;
    }
}
