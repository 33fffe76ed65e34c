using MoshBroker.Protocol;

namespace MoshBroker.Detection.Rules;

/// <summary>More than three times as much goes to addresses that proved nothing as comes from there: the broker's own bound does not hold.</summary>
internal sealed class SendAmplification : IDetector
{
    private const double Most = 3;
    private const double BytesPerSecond = 1000;

    private readonly EventWindow _sent = new(1000, 60);
    private readonly EventWindow _received = new(1000, 60);

    public DetectionRule Rule => DetectionRule.SendAmplification;

    public Evidence? Look(MonoTime now, Tally seen)
    {
        _sent.Add(now, seen.UnvalidatedSent);
        _received.Add(now, seen.UnvalidatedReceived);
        double sent = _sent.Sum(now);
        double received = _received.Sum(now);
        return sent / _sent.Seconds > BytesPerSecond && sent > Most * received ? Evidence.Of(("bytes_sent", sent), ("bytes_received", received)) : null;
    }
}
