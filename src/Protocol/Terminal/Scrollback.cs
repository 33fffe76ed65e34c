using System.Buffers.Binary;
using System.Diagnostics;

namespace MoshBroker.Protocol.Terminal;

/// <summary>Rows that scrolled off the top of a screen: the newest so many, as text and runs of attributes.</summary>
/// <remarks>
/// A row is its text in UTF-8 without blanks at the end, then the runs of attributes up to the last that is not plain, then four bytes of
/// lengths, so that rows are read from the newest back. Rows lie in blocks that are filled one after another; when all of a block's rows are too old
/// it is filled again, so that nothing is allocated once the scrollback is full. Not thread-safe.
/// </remarks>
public sealed partial class Scrollback
{
    /// <summary>How many rows a session keeps.</summary>
    public const int DefaultRows = 2000;

    /// <summary>The most rows that may be kept: 25 MB of them at worst.</summary>
    public const int MostRows = 100_000;

    // A page of text needs 60 to 100 bytes a row. Rows that are much richer than this on average are kept in smaller number.
    private const int MaxBytesPerRow = 256;

    private const int FirstBlockSize = 1024;
    private const int LargestBlockSize = 16 * 1024;
    private const int TrailerSize = 4;

    // Rows are not all of one length, so that now one block, now three become free while one is filled.
    private const int MaxSpares = 4;
    private const int WrapsBit = 0x8000;

    private readonly List<Block> _blocks = [];
    private readonly Stack<byte[]> _spares = new(MaxSpares);
    private int _bytes;

    /// <summary>An empty one, which holds no memory.</summary>
    /// <param name="maxRows">How many rows are kept, to <see cref="MostRows"/>; 0 for none.</param>
    public Scrollback(int maxRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxRows, MostRows);
        MaxRows = maxRows;
    }

    /// <summary>The most rows that are kept.</summary>
    public int MaxRows { get; private set; }

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>How many rows were ever added, those that were dropped or cleared included: the number of the next one.</summary>
    public ulong Added { get; private set; }

    /// <summary>Bytes held, at most 256 a row and a few blocks.</summary>
    public int ByteSize => _bytes + (_spares.Count * LargestBlockSize);

    /// <summary>Reads from the newest row back; for as long as no row is added or cleared.</summary>
    public ScrollbackReader Read() => new(this);

    /// <summary>From now on so many rows are kept; what is beyond goes at once.</summary>
    /// <param name="maxRows">To <see cref="MostRows"/>; 0 for none.</param>
    public void Limit(int maxRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxRows, MostRows);
        MaxRows = maxRows;
        while (Count > maxRows)
            DropOldestRow();
        if (maxRows == 0)
            Clear();
    }

    /// <summary>Forgets all rows and gives the memory back.</summary>
    public void Clear()
    {
        _blocks.Clear();
        Trim();
        _bytes = 0;
        Count = 0;
    }

    /// <summary>Gives back what only waits to be filled again.</summary>
    internal void Trim() => _spares.Clear();

    /// <summary>Appends a row of a frame; the oldest one goes when there are too many.</summary>
    internal void Add(Framebuffer frame, int row)
    {
        if (MaxRows == 0)
            return;

        ReadOnlySpan<Cell> cells = frame.Row(row);
        bool wraps = cells[^1].Wraps;
        cells = cells[..EndOf(cells, wraps)];
        if (_blocks.Count == 0 || !TryAdd(frame, cells, wraps))
        {
            AddBlock();
            while (!TryAdd(frame, cells, wraps))
            {
                if (_blocks[^1].Bytes.Length < LargestBlockSize)
                {
                    // Still empty: a larger one in its place.
                    ReplaceLast(new byte[LargestBlockSize]);
                    continue;
                }

                // More than a block holds: the text as far as it fits, without attributes.
                cells = cells[..(cells.Length / 2)];
            }
        }

        Added++;
        if (++Count > MaxRows)
            DropOldestRow();
    }

    internal void CopyFrom(Scrollback source)
    {
        Debug.Assert(MaxRows == source.MaxRows, "Clones keep as much as their original.");
        Clear();
        foreach (Block block in source._blocks)
        {
            _blocks.Add(block with { Bytes = block.Bytes.AsSpan().ToArray() });
            _bytes += block.Bytes.Length;
        }

        Count = source.Count;
        Added = source.Added;
    }

    /// <summary>The row that ends at a position; <paramref name="at"/> becomes where it starts.</summary>
    internal void ReadBefore(int block, scoped ref int at, out ReadOnlySpan<byte> text, out ReadOnlySpan<byte> runs, out bool wraps)
    {
        ReadOnlySpan<byte> bytes = _blocks[block].Bytes.AsSpan(0, at);
        int textLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[^4..]);
        int runsLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[^2..]);
        wraps = (textLength & WrapsBit) != 0;
        textLength &= ~WrapsBit;
        int runsAt = at - TrailerSize - runsLength;
        at = runsAt - textLength;
        text = bytes.Slice(at, textLength);
        runs = bytes.Slice(runsAt, runsLength);
    }

    internal int NewestBlock => _blocks.Count - 1;

    internal int UsedOf(int block) => _blocks[block].Used;

    private static int EndOf(ReadOnlySpan<Cell> cells, bool wraps)
    {
        int end = cells.Length;
        while (end > 0 && (cells[end - 1].IsBlank || (cells[end - 1].Text == ' ' && !wraps)) && cells[end - 1].FullRendition.IsPlain)
            end--;
        return end;
    }

    private bool TryAdd(Framebuffer frame, ReadOnlySpan<Cell> cells, bool wraps)
    {
        Block block = _blocks[^1];
        Span<byte> free = block.Bytes.AsSpan(block.Used);
        if (free.Length < TrailerSize)
            return false;

        Span<byte> room = free[..^TrailerSize];
        if (!ScrollbackRow.TryWrite(frame, cells, room, out int textLength, out int runsLength))
            return false;

        int at = textLength + runsLength;
        BinaryPrimitives.WriteUInt16LittleEndian(free[at..], (ushort)(textLength | (wraps ? WrapsBit : 0)));
        BinaryPrimitives.WriteUInt16LittleEndian(free[(at + 2)..], (ushort)runsLength);
        _blocks[^1] = block with { Used = block.Used + at + TrailerSize, Rows = block.Rows + 1 };
        return true;
    }

    private void AddBlock()
    {
        int size = _blocks.Count == 0 ? FirstBlockSize : Math.Min(_blocks[^1].Bytes.Length * 2, LargestBlockSize);
        while (_blocks.Count > 0 && _bytes + size > Math.Max((long)MaxRows * MaxBytesPerRow, LargestBlockSize))
        {
            Count -= _blocks[0].Rows - _blocks[0].Dropped;
            DropOldestBlock();
        }

        byte[] bytes = size == LargestBlockSize && _spares.TryPop(out byte[]? spare) ? spare : new byte[size];
        _blocks.Add(new Block(bytes, 0, 0, 0));
        _bytes += bytes.Length;
    }

    private void ReplaceLast(byte[] bytes)
    {
        _bytes += bytes.Length - _blocks[^1].Bytes.Length;
        _blocks[^1] = new Block(bytes, 0, 0, 0);
    }

    private void DropOldestRow()
    {
        Count--;
        Block oldest = _blocks[0];
        _blocks[0] = oldest with { Dropped = oldest.Dropped + 1 };
        if (_blocks[0].Dropped == oldest.Rows)
            DropOldestBlock();
    }

    private void DropOldestBlock()
    {
        byte[] bytes = _blocks[0].Bytes;
        _blocks.RemoveAt(0);
        _bytes -= bytes.Length;
        if (bytes.Length == LargestBlockSize && _spares.Count < MaxSpares)
            _spares.Push(bytes);
    }

    /// <summary>A piece of memory and the rows in it.</summary>
    /// <param name="Bytes">Rows, one after another.</param>
    /// <param name="Used">How many bytes are taken.</param>
    /// <param name="Rows">How many rows there are.</param>
    /// <param name="Dropped">How many of them, from the start, do not count any more.</param>
    private readonly record struct Block(byte[] Bytes, int Used, int Rows, int Dropped);
}
