namespace MoshBroker.Http.Pulse;

/// <summary>Percentiles of bucketed values, between the bounds of a bucket in proportion.</summary>
internal static class Percentile
{
    /// <summary>NaN when there are no values; the last bound when it lies beyond.</summary>
    public static float Of(ReadOnlySpan<long> counts, ReadOnlySpan<double> bounds, double share)
    {
        long total = 0;
        foreach (long count in counts) { total += count; }
        if (total == 0) { return float.NaN; }
        double wanted = share * total;
        long below = 0;
        for (int bucket = 0; bucket < bounds.Length; bucket++)
        {
            if (below + counts[bucket] >= wanted)
            {
                double low = bucket == 0 ? 0 : bounds[bucket - 1];
                return (float)(low + ((bounds[bucket] - low) * (wanted - below) / counts[bucket]));
            }

            below += counts[bucket];
        }

        return (float)bounds[^1];
    }
}
