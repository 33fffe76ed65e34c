using System.Diagnostics;

namespace MoshBroker.Protocol.Terminal;

/// <summary>The texts of a session's cells that are longer than one code point: a base with combining characters, each once.</summary>
/// <remarks>
/// Fixed-size entries in one byte array, found by an open-addressed hash; numbers are stable, so equal numbers mean equal texts. Nobody counts
/// references: when the table is full, the owner marks what its cells use and the rest is freed. Endless unique texts therefore
/// cost time in proportion, but no memory beyond twice what the live cells hold.
/// </remarks>
internal sealed class TextTable
{
    /// <summary>Nothing is appended to a text that has this many bytes already.</summary>
    internal const int FullLength = 32;

    /// <summary>The longest text: one code point of four bytes on top of 31.</summary>
    internal const int MaxLength = FullLength - 1 + 4;

    private const int EntrySize = 36;
    private const int FirstCapacity = 16;
    private const int SmallestSweep = 256;

    private byte[] _entries = [];      // number * EntrySize: length, then the text
    private int[] _buckets = [];       // number + 1, 0 = empty
    private ulong[] _marks = [];
    private int _count;                // numbers ever given out; freed ones have length 0
    private int _firstFree = -1;       // chain through the entries' bytes 1..4
    private int _sweepAt = SmallestSweep;

    /// <summary>How many texts are stored.</summary>
    internal int Live { get; private set; }

    /// <summary>Bytes held by the arrays.</summary>
    internal int ByteSize => _entries.Length + (_buckets.Length * sizeof(int)) + (_marks.Length * sizeof(ulong));

    /// <summary>True when the owner should mark and sweep before it interns more.</summary>
    internal bool IsDue => Live >= _sweepAt;

    internal ReadOnlySpan<byte> this[uint number] => _entries.AsSpan(((int)number * EntrySize) + 1, _entries[(int)number * EntrySize]);

    /// <summary>The number of a text, which is stored when it is new. 1 to <see cref="MaxLength"/> bytes.</summary>
    internal uint Intern(ReadOnlySpan<byte> text)
    {
        Debug.Assert(text.Length is > 0 and <= MaxLength, "No cell holds such a text.");
        if (_buckets.Length > 0)
        {
            int at = Find(text);
            if (_buckets[at] != 0)
                return (uint)(_buckets[at] - 1);
        }

        if ((Live + 1) * 2 > _buckets.Length)
            Rehash(Math.Max(FirstCapacity * 2, _buckets.Length * 2));

        int number = _firstFree;
        if (number >= 0)
        {
            _firstFree = BitConverter.ToInt32(_entries, (number * EntrySize) + 1);
        }
        else
        {
            number = _count++;
            if (_count * EntrySize > _entries.Length)
                Array.Resize(ref _entries, Math.Max(FirstCapacity * EntrySize, _entries.Length * 2));
        }

        _entries[number * EntrySize] = (byte)text.Length;
        text.CopyTo(_entries.AsSpan((number * EntrySize) + 1));
        _buckets[Find(text)] = number + 1;
        Live++;
        return (uint)number;
    }

    internal void BeginMark()
    {
        int words = (_count + 63) / 64;
        if (_marks.Length < words)
            _marks = new ulong[words];
        else
            Array.Clear(_marks);
    }

    internal void Mark(uint number) => _marks[number >> 6] |= 1UL << (int)(number & 63);

    /// <summary>Frees every text that was not marked.</summary>
    internal void Sweep()
    {
        _firstFree = -1;
        Live = 0;
        for (int number = _count - 1; number >= 0; number--)
        {
            if ((_marks[number >> 6] & (1UL << (number & 63))) != 0)
            {
                Live++;
                continue;
            }

            _entries[number * EntrySize] = 0;
            BitConverter.TryWriteBytes(_entries.AsSpan((number * EntrySize) + 1), _firstFree);
            _firstFree = number;
        }

        _sweepAt = Math.Max(SmallestSweep, Live * 2);
        Rehash(_buckets.Length);
    }

    private void Rehash(int size)
    {
        if (size == _buckets.Length)
            Array.Clear(_buckets);
        else
            _buckets = new int[size];
        for (int number = 0; number < _count; number++)
        {
            if (_entries[number * EntrySize] != 0)
                _buckets[Find(this[(uint)number])] = number + 1;
        }
    }

    private int Find(ReadOnlySpan<byte> text)
    {
        uint hash = 2166136261;
        foreach (byte b in text)
            hash = (hash ^ b) * 16777619;

        int mask = _buckets.Length - 1;
        int at = (int)(hash ^ (hash >> 15)) & mask;
        while (_buckets[at] != 0 && !this[(uint)(_buckets[at] - 1)].SequenceEqual(text))
            at = (at + 1) & mask;
        return at;
    }
}
