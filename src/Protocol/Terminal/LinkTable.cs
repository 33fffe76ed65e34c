using System.Diagnostics;

namespace MoshBroker.Protocol.Terminal;

/// <summary>The hyperlinks of a session's cells, each once; numbers from 1 on, so that 0 can stand for none.</summary>
/// <remarks>
/// Bounded in number and in bytes. When it is full, the owner marks what its cells use and the rest is freed; if all is in use, new links are not kept and their text is
/// printed without one.
/// </remarks>
internal sealed class LinkTable
{
    /// <summary>The longest link: what browsers take, and an id.</summary>
    internal const int MaxLength = 2300;

    private const int MaxLinks = 4096;
    private const int MaxBytes = 256 * 1024;
    private const int FirstBuckets = 32;

    // A sweep looks at every cell: it must free enough to be worth it.
    private const int SweepAgainAfter = 256;

    private byte[]?[] _links = [];     // by number
    private int[] _buckets = [];       // number, 0 = empty
    private bool[] _marks = [];
    private int _count = 1;            // numbers ever given out, and 0
    private int _bytes;
    private int _live;
    private int _refused;
    private int _firstFree = 1;        // none is free before

    /// <summary>How many links there are.</summary>
    internal int Live => _live;

    /// <summary>Bytes held.</summary>
    internal int ByteSize => _bytes + (_links.Length * 8) + (_buckets.Length * sizeof(int)) + _marks.Length;

    /// <summary>Parameters, semicolon, address; empty when a number is none any more.</summary>
    internal ReadOnlySpan<byte> this[int number] => number < _links.Length ? _links[number] : default;

    /// <summary>The number of a link that is there; 0 when it is not.</summary>
    internal int Find(ReadOnlySpan<byte> link) => _buckets.Length == 0 ? 0 : _buckets[Place(link)];

    /// <summary>True when a sweep should come before <see cref="Add"/>.</summary>
    internal bool IsFull(ReadOnlySpan<byte> link)
    {
        if (link.Length > MaxLength || HasRoom(link))
            return false;
        return _refused == 0 || _refused >= SweepAgainAfter;
    }

    /// <summary>Stores a link that is new; 0 when it can't be kept.</summary>
    internal ushort Add(ReadOnlySpan<byte> link)
    {
        if (link.Length > MaxLength)
            return 0;
        if (!HasRoom(link))
        {
            _refused++;
            return 0;
        }

        if ((_live + 1) * 2 > _buckets.Length)
            Rehash(Math.Max(FirstBuckets, _buckets.Length * 2));
        int number = _firstFree;
        if (_live < _count - 1)
        {
            while (_links[number] is not null)
                number++;
            _firstFree = number + 1;
        }
        else
        {
            number = _count++;
            if (_count > _links.Length)
                Array.Resize(ref _links, Math.Max(16, _links.Length * 2));
        }

        _links[number] = link.ToArray();
        _buckets[Place(link)] = number;
        _bytes += link.Length;
        _live++;
        return (ushort)number;
    }

    internal void BeginMark()
    {
        if (_marks.Length < _count)
            _marks = new bool[_links.Length];
        else
            Array.Clear(_marks);
    }

    internal void Mark(ushort number)
    {
        Debug.Assert(number < _count, "Cells hold numbers that were given out.");
        _marks[number] = true;
    }

    /// <summary>Frees every link that was not marked.</summary>
    internal void Sweep()
    {
        _refused = 0;
        _firstFree = 1;
        for (int number = 1; number < _count; number++)
        {
            if (_marks[number] || _links[number] is not { } link)
                continue;
            _bytes -= link.Length;
            _live--;
            _links[number] = null;
        }

        Rehash(_buckets.Length);
    }

    private bool HasRoom(ReadOnlySpan<byte> link) => _live < MaxLinks && _bytes + link.Length <= MaxBytes;

    private void Rehash(int size)
    {
        if (size == _buckets.Length)
            Array.Clear(_buckets);
        else
            _buckets = new int[size];
        for (int number = 1; number < _count; number++)
        {
            if (_links[number] is { } link)
                _buckets[Place(link)] = number;
        }
    }

    private int Place(ReadOnlySpan<byte> link)
    {
        uint hash = 2166136261;
        foreach (byte b in link)
            hash = (hash ^ b) * 16777619;

        int mask = _buckets.Length - 1;
        int at = (int)(hash ^ (hash >> 15)) & mask;
        while (_buckets[at] != 0 && !this[_buckets[at]].SequenceEqual(link))
            at = (at + 1) & mask;
        return at;
    }
}
