using MoshBroker.Protocol;

namespace MoshBroker.Detection;

/// <summary>How much happened in the last while, in a ring of buckets.</summary>
internal sealed class EventWindow(long bucketMs, int buckets)
{
    private readonly double[] _counts = new double[buckets];
    private long _bucket;

    public double Seconds => bucketMs * buckets / 1000.0;

    public void Add(MonoTime now, double count)
    {
        Advance(now);
        _counts[_bucket % buckets] += count;
    }

    /// <summary>All of it, but what fell into the newest buckets.</summary>
    public double Sum(MonoTime now, int butNewest = 0)
    {
        Advance(now);
        double sum = 0;
        for (long back = butNewest; back < buckets && back <= _bucket; back++) { sum += _counts[(_bucket - back) % buckets]; }
        return sum;
    }

    private void Advance(MonoTime now)
    {
        long bucket = now.Milliseconds / bucketMs;
        for (long next = Math.Max(_bucket + 1, bucket - buckets + 1); next <= bucket; next++) { _counts[next % buckets] = 0; }
        _bucket = Math.Max(_bucket, bucket);
    }
}
