using MoshBroker.Protocol;

namespace MoshBroker.Detection;

/// <summary>A rate that is high, and far above what it was during the hour before: constant background is no burst.</summary>
internal sealed class Burst(int windowSeconds, double perSecond, double timesUsual)
{
    private const int Hour = 60;
    private const int Skipped = 5; // What is going on now must not count as usual.

    private readonly EventWindow _recent = new(1000, windowSeconds);
    private readonly EventWindow _minutes = new(60_000, Hour + Skipped);

    /// <summary>Rates per second, when it is one; null when it is none.</summary>
    public (double Now, double Usual)? Step(MonoTime now, long count)
    {
        _recent.Add(now, count);
        _minutes.Add(now, count);
        double rate = _recent.Sum(now) / windowSeconds;
        double usual = _minutes.Sum(now, Skipped) / (Hour * 60);
        return rate > perSecond && rate > timesUsual * usual ? (rate, usual) : null;
    }
}
