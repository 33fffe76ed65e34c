namespace MoshBroker.Telemetry;

/// <summary>Bucket counts and sum of one series, and for each bucket the latest exemplar. From any thread; nothing is allocated.</summary>
internal sealed class HistogramSeries(int buckets)
{
    private const double SumUnits = 1e9; // The sum is kept in whole billionths, so that it can be added to without a lock.
    private const long ExemplarIntervalMs = 1000;

    private readonly long[] _counts = new long[buckets];
    private readonly Exemplar[] _exemplars = new Exemplar[buckets];
    private long _sum;
    private int _exemplarBusy;

    public double Sum => Volatile.Read(ref _sum) / SumUnits;

    public long Count(int bucket) => Volatile.Read(ref _counts[bucket]);

    public void Add(int bucket, double value, long times = 1)
    {
        Interlocked.Add(ref _counts[bucket], times);
        Interlocked.Add(ref _sum, (long)(value * SumUnits) * times);
    }

    /// <summary>Keeps an example of a bucket's values, at most one a second.</summary>
    public void Note(int bucket, double value, string session, DateTimeOffset at)
    {
        long ms = at.ToUnixTimeMilliseconds();
        if (ms - Volatile.Read(ref _exemplars[bucket].UnixMs) < ExemplarIntervalMs || Interlocked.Exchange(ref _exemplarBusy, 1) != 0) { return; }
        _exemplars[bucket] = new Exemplar { Session = session, Value = value, UnixMs = ms };
        Volatile.Write(ref _exemplarBusy, 0);
    }

    /// <summary>False when there is none, or it is just being replaced.</summary>
    public bool TryReadExemplar(int bucket, out Exemplar exemplar)
    {
        exemplar = default;
        if (Interlocked.Exchange(ref _exemplarBusy, 1) != 0) { return false; }
        exemplar = _exemplars[bucket];
        Volatile.Write(ref _exemplarBusy, 0);
        return exemplar.Session is not null;
    }

    /// <summary>One session's value, so that somebody who sees the bucket knows where to look.</summary>
    public struct Exemplar
    {
        public string? Session;
        public double Value;
        public long UnixMs;
    }
}
