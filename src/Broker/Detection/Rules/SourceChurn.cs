using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>Failed datagrams from very many networks, compared with the day before: invented addresses, or a scan from everywhere.</summary>
internal sealed class SourceChurn : IDetector
{
    private const double Most = 200;
    private const double TimesUsual = 5;
    private const long TenMinutesMs = 600_000;
    private const int Day = 144;

    private readonly EventWindow _sums = new(TenMinutesMs, Day + 1);
    private readonly EventWindow _looks = new(TenMinutesMs, Day + 1);

    public DetectionRule Rule => DetectionRule.SourceChurn;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        _sums.Add(now, seen.FailingPrefixes);
        _looks.Add(now, 1);
        double looks = _looks.Sum(now, butNewest: 1);
        double usual = looks == 0 ? 0 : _sums.Sum(now, butNewest: 1) / looks;
        return seen.FailingPrefixes > Most && seen.FailingPrefixes > TimesUsual * usual
            ? Evidence.Of(("prefixes_in_5_minutes", seen.FailingPrefixes), ("usual", usual)) with { Networks = seen.FailingNetworks, Sessions = seen.UnknownFailureSessions }
            : null;
    }
}
