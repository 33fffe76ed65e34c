using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>Datagrams to ports that nothing legitimate uses: somebody walks along the range.</summary>
internal sealed class TripwireTouched : IDetector
{
    private const double Most = 10;

    private readonly EventWindow _touches = new(30_000, 10);

    public DetectionRule Rule => DetectionRule.TripwireTouched;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        _touches.Add(now, seen.Tripped);
        double sum = _touches.Sum(now);
        return sum > Most ? Evidence.Of(("datagrams_in_5_minutes", sum)) with { Networks = seen.TrippingNetworks } : null;
    }
}
