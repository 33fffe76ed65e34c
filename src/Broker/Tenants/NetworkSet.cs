using System.Net;

namespace MoshBroker.Tenants;

/// <summary>Networks, compiled: sorted ranges that don't touch, so that a look-up is a binary search and nothing is allocated for it.</summary>
/// <remarks>IPv4 and IPv6 are apart: <c>::/0</c> holds no IPv4 address, though a socket shows those as <c>::ffff:a.b.c.d</c>.</remarks>
internal sealed class NetworkSet
{
    private static readonly AddressRange AllV4 = new(new UInt128(0, 0xFFFF_0000_0000), new UInt128(0, 0xFFFF_FFFF_FFFF));

    private readonly UInt128[] _lows;
    private readonly UInt128[] _highs;

    private NetworkSet(List<AddressRange> ranges)
    {
        _lows = [.. ranges.Select(range => range.Low)];
        _highs = [.. ranges.Select(range => range.High)];
    }

    /// <summary>Every address of both families.</summary>
    public static NetworkSet Everywhere { get; } = new([new AddressRange(0, UInt128.MaxValue)]);

    public static NetworkSet Nowhere { get; } = new([]);

    public bool IsEverywhere => _lows.Length == 1 && _lows[0] == 0 && _highs[0] == UInt128.MaxValue;

    public bool IsEmpty => _lows.Length == 0;

    /// <summary>As they are after merging; IPv4 and IPv6 never in one.</summary>
    public IEnumerable<AddressRange> Ranges
    {
        get
        {
            for (int i = 0; i < _lows.Length; i++)
            {
                AddressRange range = new(_lows[i], _highs[i]);
                if (range.IsIPv4) { yield return range; }
                else
                {
                    // Only Everywhere and what was merged across the mapped block spans both.
                    if (range.Low < AllV4.Low) { yield return new AddressRange(range.Low, Min(range.High, AllV4.Low - 1)); }
                    if (range.Low <= AllV4.High && range.High >= AllV4.Low) { yield return new AddressRange(Max(range.Low, AllV4.Low), Min(range.High, AllV4.High)); }
                    if (range.High > AllV4.High) { yield return new AddressRange(Max(range.Low, AllV4.High + 1), range.High); }
                }
            }
        }
    }

    public static NetworkSet Of(IEnumerable<AddressRange> ranges)
    {
        List<AddressRange> sorted = [];
        foreach (AddressRange range in ranges)
        {
            if (range.IsIPv4 || range.High < AllV4.Low || range.Low > AllV4.High) { sorted.Add(range); }
            else
            {
                if (range.Low < AllV4.Low) { sorted.Add(new AddressRange(range.Low, AllV4.Low - 1)); }
                if (range.High > AllV4.High) { sorted.Add(new AddressRange(AllV4.High + 1, range.High)); }
            }
        }

        sorted.Sort((a, b) => a.Low.CompareTo(b.Low));
        return new NetworkSet(Merge(sorted));
    }

    /// <summary>True when the address is in one of the networks; IPv4 in its mapped form. Called for datagrams: it allocates nothing.</summary>
    public bool Contains(UInt128 address)
    {
        int low = 0;
        int high = _lows.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            if (address < _lows[middle]) { high = middle - 1; }
            else if (address > _highs[middle]) { low = middle + 1; }
            else { return true; }
        }

        return false;
    }

    public bool Contains(IPAddress address) => Contains(AddressRange.Value(address));

    /// <summary>True when everything in <paramref name="other"/> is in here.</summary>
    public bool Covers(NetworkSet other) => other.Intersect(this) is { } both && both._lows.AsSpan().SequenceEqual(other._lows) && both._highs.AsSpan().SequenceEqual(other._highs);

    /// <summary>An address that is in none of the networks, of the documentation's own; null when they leave none out.</summary>
    public IPAddress? Outside()
    {
        string[] candidates = ["198.51.100.77", "192.0.2.77", "203.0.113.77", "198.18.7.7", "100.64.7.7", "2001:db8:7777::7"];
        return candidates.Select(IPAddress.Parse).FirstOrDefault(candidate => !Contains(candidate));
    }

    /// <summary>What is in both.</summary>
    public NetworkSet Intersect(NetworkSet other)
    {
        if (IsEverywhere) { return other; }
        if (other.IsEverywhere) { return this; }
        List<AddressRange> both = [];
        for (int i = 0, j = 0; i < _lows.Length && j < other._lows.Length;)
        {
            UInt128 low = Max(_lows[i], other._lows[j]);
            UInt128 high = Min(_highs[i], other._highs[j]);
            if (low <= high) { both.Add(new AddressRange(low, high)); }
            if (_highs[i] < other._highs[j]) { i++; }
            else { j++; }
        }

        return new NetworkSet(both);
    }

    public override string ToString() => IsEverywhere ? "everywhere" : string.Join(", ", Ranges.SelectMany(range => range.ToPrefixes()));

    private static List<AddressRange> Merge(List<AddressRange> sorted)
    {
        List<AddressRange> merged = [];
        foreach (AddressRange range in sorted)
        {
            if (merged.Count > 0 && (merged[^1].High == UInt128.MaxValue || range.Low <= merged[^1].High + 1))
            {
                merged[^1] = merged[^1] with { High = Max(merged[^1].High, range.High) };
            }
            else { merged.Add(range); }
        }

        return merged;
    }

    private static UInt128 Max(UInt128 a, UInt128 b) => a > b ? a : b;

    private static UInt128 Min(UInt128 a, UInt128 b) => a < b ? a : b;
}
