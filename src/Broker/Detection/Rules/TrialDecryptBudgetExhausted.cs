using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>Datagrams from unknown sources come faster than keys may be tried for them: whoever roams now waits.</summary>
internal sealed class TrialDecryptBudgetExhausted : IDetector
{
    private const double PerSecond = 1; // One source that spends its own share in one go is nobody's loss.

    private readonly EventWindow _given = new(1000, 10);

    public DetectionRule Rule => DetectionRule.TrialDecryptBudgetExhausted;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        _given.Add(now, seen.BudgetExhausted);
        double rate = _given.Sum(now) / _given.Seconds;
        return rate > PerSecond ? Evidence.Of(("searches_given_up_per_second", rate)) with { Networks = seen.FailingNetworks } : null;
    }
}
