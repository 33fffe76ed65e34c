using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>Somebody guesses at the SSH door: more than one failed login a second for a minute, and five times the hour before.</summary>
internal sealed class SshAuthFailureBurst : IDetector
{
    private readonly Burst _burst = new(windowSeconds: 60, perSecond: 1, timesUsual: 5);

    public DetectionRule Rule => DetectionRule.SshAuthFailureBurst;

    public Evidence? Look(MonoTime now, Tally seen) => _burst.Step(now, seen.SshFailures) is not ({ } rate, { } usual)
        ? null
        : Evidence.Of(("failures_per_second", rate), ("usual_per_second", usual)) with { Networks = seen.GuessingNetworks };
}
