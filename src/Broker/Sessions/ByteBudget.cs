using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>A rate of bytes: what may be sent now, and when something may be sent again.</summary>
internal struct ByteBudget
{
    private const long BurstMs = 250; // A frame is sent whole; the pause comes after it.

    private long _bytesPerSecond;
    private double _left;
    private MonoTime _at;

    /// <summary>Null for no limit.</summary>
    public void SetRate(MonoTime now, long? bytesPerSecond)
    {
        if (bytesPerSecond.GetValueOrDefault() == _bytesPerSecond) { return; }
        _bytesPerSecond = bytesPerSecond.GetValueOrDefault();
        _left = Burst;
        _at = now;
    }

    /// <summary>When the next datagram may go: now, or later.</summary>
    public MonoTime Next(MonoTime now)
    {
        if (_bytesPerSecond == 0) { return now; }
        _left = Math.Min(Burst, _left + (now.Since(_at) * _bytesPerSecond / 1000.0));
        _at = now;
        return _left > 0 ? now : now.Plus((long)Math.Ceiling((1 - _left) * 1000 / _bytesPerSecond));
    }

    /// <summary>Of what may be sent at once, the share that is used up; 1 is waiting. From any thread.</summary>
    public readonly double Used(MonoTime now) => _bytesPerSecond == 0 ? 0 : 1 - Math.Clamp((_left + (now.Since(_at) * _bytesPerSecond / 1000.0)) / Burst, 0, 1);

    public void Spend(int bytes) => _left -= bytes;

    private readonly double Burst => _bytesPerSecond * BurstMs / 1000.0;
}
