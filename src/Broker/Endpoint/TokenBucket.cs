using System.Runtime.InteropServices;
using MoshBroker.Protocol;

namespace MoshBroker.Endpoint;

/// <summary>A bucket that fills at a steady rate up to its size. A value for tables; rate and size are the table's.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct TokenBucket
{
    // Thousandths of a token, so that tokens per second are these per millisecond.
    private long _spent;
    private MonoTime _at;

    /// <summary>Whole tokens in the bucket now.</summary>
    public long Available(MonoTime now, in BucketRule rule)
    {
        Refill(now, rule);
        return ((rule.Burst * 1000) - _spent) / 1000;
    }

    /// <summary>Takes tokens, at most those that are there.</summary>
    public void Take(MonoTime now, in BucketRule rule, long tokens)
    {
        Refill(now, rule);
        _spent = Math.Min(rule.Burst * 1000, _spent + (tokens * 1000));
    }

    private void Refill(MonoTime now, in BucketRule rule)
    {
        long passed = Math.Max(0, now.Since(_at));
        _spent = passed >= rule.Burst * 1000 / rule.PerSecond + 1 ? 0 : Math.Max(0, _spent - (passed * rule.PerSecond));
        _at = MonoTime.Max(_at, now);
    }
}
