using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>Authentic datagrams from long ago: networks duplicate within milliseconds, so these were stored and sent again.</summary>
internal sealed class OldReplays : IDetector
{
    private const double PerSecond = 0.5;

    private readonly EventWindow _replays = new(1000, 60);

    public DetectionRule Rule => DetectionRule.OldReplays;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        _replays.Add(now, seen.OldReplays);
        double rate = _replays.Sum(now) / _replays.Seconds;
        return rate > PerSecond ? Evidence.Of(("replays_per_second", rate)) with { Sessions = seen.OldReplaySessions } : null;
    }
}
