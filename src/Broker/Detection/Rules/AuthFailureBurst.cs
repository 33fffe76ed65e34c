using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>Many datagrams that nobody's key made, from addresses we do not know.</summary>
/// <remarks>A stock client whose session is gone sends one in 3 s: 5 a second are fifteen of them at once, and a tombstone answers those.</remarks>
internal sealed class AuthFailureBurst : IDetector
{
    private readonly Burst _burst = new(windowSeconds: 10, perSecond: 5, timesUsual: 4);

    public DetectionRule Rule => DetectionRule.AuthFailureBurst;

    public Evidence? Look(MonoTime now, Tally seen) => _burst.Step(now, seen.UnknownFailures) is not ({ } rate, { } usual)
        ? null
        : Evidence.Of(("failures_per_second", rate), ("usual_per_second", usual)) with { Networks = seen.FailingNetworks, Sessions = seen.UnknownFailureSessions };
}
