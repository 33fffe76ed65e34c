using MoshBroker.Endpoint;

namespace MoshBroker.Telemetry;

/// <summary>The sum of all shared ports' <see cref="DemuxStats"/>.</summary>
internal sealed class DemuxTotals
{
    private readonly long[] _candidates = new long[DemuxStats.CandidateBounds.Length + 1];

    public long AddressHits { get; private set; }

    public long AddressMisses { get; private set; }

    public long WindowHits { get; private set; }

    public long WindowMisses { get; private set; }

    public long FullHits { get; private set; }

    public long FullMisses { get; private set; }

    public long TrialHits { get; private set; }

    public long TrialMisses { get; private set; }

    public long BudgetExhausted { get; private set; }

    /// <summary>Datagrams by how many keys were tried, in the buckets of <see cref="DemuxStats.CandidateBounds"/>.</summary>
    public ReadOnlySpan<long> Candidates => _candidates;

    public void Add(DemuxStats port)
    {
        AddressHits += Volatile.Read(ref port.AddressHits);
        AddressMisses += Volatile.Read(ref port.AddressMisses);
        WindowHits += Volatile.Read(ref port.WindowHits);
        WindowMisses += Volatile.Read(ref port.WindowMisses);
        FullHits += Volatile.Read(ref port.FullHits);
        FullMisses += Volatile.Read(ref port.FullMisses);
        TrialHits += Volatile.Read(ref port.TrialHits);
        TrialMisses += Volatile.Read(ref port.TrialMisses);
        BudgetExhausted += Volatile.Read(ref port.BudgetExhausted);
        for (int bucket = 0; bucket < _candidates.Length; bucket++) { _candidates[bucket] += port.Candidates[bucket]; }
    }
}
