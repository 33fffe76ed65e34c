using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Endpoint;

/// <summary>How the datagrams of a shared port found their sessions, or did not. One thread writes, anybody reads: each is one aligned word.</summary>
internal sealed class DemuxStats
{
    /// <summary>Upper bounds of the buckets of <see cref="Candidates"/>; one more bucket is for all above.</summary>
    public static readonly int[] CandidateBounds = [1, 2, 4, 8, 16, 32, 64, 128];

    private readonly long[] _candidates = new long[CandidateBounds.Length + 1];
    private readonly long[] _drops = new long[DropReasons.Count];

    /// <summary>Datagrams received.</summary>
    public long Received;

    /// <summary>From an address where a session is, and that session's.</summary>
    public long AddressHits;

    /// <summary>From an address where a session is, but not that session's.</summary>
    public long AddressMisses;

    /// <summary>Found by its number.</summary>
    public long WindowHits;

    /// <summary>Somebody's by its number, but nobody's by its tag.</summary>
    public long WindowMisses;

    /// <summary>Somebody's by a number used long ago, and by its tag: played again.</summary>
    public long FullHits;

    /// <summary>Nobody's of those that were tried.</summary>
    public long FullMisses;

    /// <summary>Keys tried beyond those at the address: the right one.</summary>
    public long TrialHits;

    /// <summary>The same: a wrong one.</summary>
    public long TrialMisses;

    /// <summary>Searches given up, or not begun, for want of budget.</summary>
    public long BudgetExhausted;

    /// <summary>Channels that were found at a new address.</summary>
    public long Moves;

    /// <summary>Datagrams by how many keys were tried for them, beyond those at the address.</summary>
    public IReadOnlyList<long> Candidates => _candidates;

    public long Drops(DropReason reason) => Volatile.Read(ref _drops[(int)reason]);

    public void CountDrop(DropReason reason) => _drops[(int)reason]++;

    public void CountCandidates(int tried)
    {
        int bucket = 0;
        while (bucket < CandidateBounds.Length && tried > CandidateBounds[bucket]) { bucket++; }
        _candidates[bucket]++;
    }
}
