namespace MoshBroker.Protocol.StateSync;

/// <summary>Which of the last 1,024 sequence numbers were seen. Only counts and classifies: states are idempotent, so a replay does no harm.</summary>
internal sealed class ReplayWindow
{
    public const int Width = 1024;

    private readonly ulong[] _seen = new ulong[Width / 64];

    /// <summary>One more than the highest number seen.</summary>
    public ulong Next { get; private set; }

    /// <summary>Goes on above the numbers that an earlier incarnation saw.</summary>
    public void Restore(ulong next) => Next = next;

    /// <summary>Notes a number; the distance is how many were skipped, or how far behind the newest it is.</summary>
    public ReplayKind Note(ulong sequence, out ulong distance)
    {
        if (sequence >= Next)
        {
            distance = sequence - Next;
            Clear(distance);
            Next = sequence + 1;
            Bit(sequence, out int word, out ulong mask);
            _seen[word] |= mask;
            return ReplayKind.None;
        }

        distance = Next - 1 - sequence;
        if (distance >= Width)
            return ReplayKind.Old;

        Bit(sequence, out int at, out ulong bit);
        bool isSeen = (_seen[at] & bit) != 0;
        _seen[at] |= bit;
        return isSeen ? ReplayKind.Duplicate : ReplayKind.Reordered;
    }

    private void Clear(ulong skipped)
    {
        if (skipped >= Width)
        {
            Array.Clear(_seen);
            return;
        }

        for (ulong i = 0; i <= skipped; i++)
        {
            Bit(Next + i, out int word, out ulong mask);
            _seen[word] &= ~mask;
        }
    }

    private static void Bit(ulong sequence, out int word, out ulong mask)
    {
        int place = (int)(sequence % Width);
        word = place / 64;
        mask = 1UL << (place % 64);
    }
}
