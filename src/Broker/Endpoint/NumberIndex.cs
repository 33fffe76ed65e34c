namespace MoshBroker.Endpoint;

/// <summary>Channels in order of the number that they expect next; those that expect the same one, roughly the latest heard first.</summary>
/// <remarks>
/// A sorted array. Nearly every datagram raises a number by one, past all that stand at the same: since they are equal, one exchange with the
/// last of them does it, so a thousand fresh sessions that stand at the same few numbers cost a search of a few steps. Grows with channels only.
/// </remarks>
internal sealed class NumberIndex
{
    private ulong[] _numbers = new ulong[64];
    private Candidate[] _owners = new Candidate[64];

    public int Count { get; private set; }

    public Candidate this[int rank] => _owners[rank];

    public void Add(Candidate candidate)
    {
        if (Count == _numbers.Length)
        {
            Array.Resize(ref _numbers, Count * 2);
            Array.Resize(ref _owners, Count * 2);
        }

        // Shifts all that follow: a channel begins less often than a datagram comes.
        int place = FirstFrom(candidate.NextExpected);
        for (int rank = Count++; rank > place; rank--) { Put(_owners[rank - 1], _numbers[rank - 1], rank); }
        Put(candidate, candidate.NextExpected, place);
    }

    public void Remove(Candidate candidate)
    {
        int hole = MoveUp(candidate.Rank, ulong.MaxValue);
        Count = hole;
        _owners[hole] = null!;
        candidate.Rank = -1;
    }

    /// <summary>The channel expects a higher number from now on.</summary>
    public void Raise(Candidate candidate, ulong next)
    {
        int hole = MoveUp(candidate.Rank, next);
        candidate.NextExpected = next;
        Put(candidate, next, hole);
    }

    /// <summary>How many expect this number or a lower one: those before that rank.</summary>
    public int CountUpTo(ulong number)
    {
        int low = 0;
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_numbers[middle] <= number) { low = middle + 1; }
            else { high = middle; }
        }

        return low;
    }

    public ulong NumberAt(int rank) => _numbers[rank];

    /// <summary>The first rank of those that expect the same number.</summary>
    public int FirstOf(int rank)
    {
        ulong number = _numbers[rank];
        int step = 1;
        int high = rank;
        while (high - step >= 0 && _numbers[high - step] == number)
        {
            high -= step;
            step *= 2;
        }

        int low = Math.Max(-1, high - step); // Not in the group, while high is.
        while (high - low > 1)
        {
            int middle = (low + high) >> 1;
            if (_numbers[middle] == number) { high = middle; }
            else { low = middle; }
        }

        return high;
    }

    private int FirstFrom(ulong number) => number == 0 ? 0 : CountUpTo(number - 1);

    private int LastOf(int rank)
    {
        ulong number = _numbers[rank];
        int step = 1;
        int low = rank;
        while (low + step < Count && _numbers[low + step] == number)
        {
            low += step;
            step *= 2;
        }

        int high = Math.Min(Count, low + step);
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            if (_numbers[middle] == number) { low = middle; }
            else { high = middle; }
        }

        return low;
    }

    /// <summary>Moves the hole at a rank up to where <paramref name="next"/> belongs, ahead of its equals.</summary>
    private int MoveUp(int hole, ulong next)
    {
        int last = LastOf(hole);
        Put(_owners[last], _numbers[last], hole);
        hole = last;
        while (hole + 1 < Count && _numbers[hole + 1] < next)
        {
            last = LastOf(hole + 1);
            Put(_owners[last], _numbers[last], hole);
            hole = last;
        }

        return hole;
    }

    private void Put(Candidate candidate, ulong number, int rank)
    {
        _owners[rank] = candidate;
        _numbers[rank] = number;
        candidate.Rank = rank;
    }
}
