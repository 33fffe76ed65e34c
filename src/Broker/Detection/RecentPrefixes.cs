using MoshBroker.Protocol;

namespace MoshBroker.Detection;

/// <summary>About how many networks were seen in the last five minutes; ten sketches of half a minute each.</summary>
internal sealed class RecentPrefixes
{
    private const long SliceMs = 30_000;
    private const int Slices = 10;

    private readonly HyperLogLog[] _slices = [.. Enumerable.Range(0, Slices).Select(_ => new HyperLogLog())];
    private readonly HyperLogLog _union = new();
    private long _slice;

    public void Add(MonoTime now, ulong hash)
    {
        Advance(now);
        _slices[_slice % Slices].Add(hash);
    }

    public double Estimate(MonoTime now)
    {
        Advance(now);
        _union.Clear();
        foreach (HyperLogLog slice in _slices) { _union.Merge(slice); }
        return _union.Estimate();
    }

    private void Advance(MonoTime now)
    {
        long slice = now.Milliseconds / SliceMs;
        for (long next = Math.Max(_slice + 1, slice - Slices + 1); next <= slice; next++) { _slices[next % Slices].Clear(); }
        _slice = Math.Max(_slice, slice);
    }
}
