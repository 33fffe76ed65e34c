using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>Datagrams with a wrong tag from a client's own address: UDP's checksum lets almost none through by accident.</summary>
internal sealed class KnownPeerAuthFailures : IDetector
{
    private const double Most = 3;

    private readonly EventWindow _failures = new(60_000, 10);

    public DetectionRule Rule => DetectionRule.KnownPeerAuthFailures;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        _failures.Add(now, seen.KnownFailures);
        double sum = _failures.Sum(now);
        return sum > Most ? Evidence.Of(("failures_in_10_minutes", sum)) with { Sessions = seen.KnownFailureSessions } : null;
    }
}
