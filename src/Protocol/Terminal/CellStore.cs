using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace MoshBroker.Protocol.Terminal;

/// <summary>Rows of one width, in blocks without references, shared by all frames of a session that have this width.</summary>
/// <remarks>
/// A row is named by its slot; frames are lists of slots. Each slot counts the frames (rows of frames) that name it; who wants to
/// write to a row that others name too takes a copy in a fresh slot. The lowest free slot is taken first, so that blocks at the end become free again.
/// </remarks>
internal sealed class CellStore
{
    private const int RowsPerBlockShift = 3;
    private const int RowsPerBlock = 1 << RowsPerBlockShift;

    private readonly ScreenMemory _memory;
    private Cell[][] _blocks = [];
    private int[] _references = [];
    private ulong[] _free = [];        // one bit a slot
    private int _firstFreeWord;
    private int _filledSlot = -1;
    private Cell _filling;

    internal CellStore(ScreenMemory memory, int columns)
    {
        _memory = memory;
        Columns = columns;
    }

    internal int Columns { get; }

    /// <summary>How many frames name rows of this store; at 0 it is forgotten by the session's memory.</summary>
    internal int Users { get; private set; }

    internal int ByteSize => (_blocks.Length * RowsPerBlock * Columns * Unsafe.SizeOf<Cell>()) + (_references.Length * sizeof(int));

    internal int LiveSlots { get; private set; }

    internal void AddUser() => Users++;

    internal void RemoveUser()
    {
        if (--Users == 0)
            _memory.Forget(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Span<Cell> Row(int slot) =>
        _blocks[slot >> RowsPerBlockShift].AsSpan((slot & (RowsPerBlock - 1)) * Columns, Columns);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsShared(int slot) => _references[slot] != 1;

    internal int References(int slot) => _references[slot];

    internal void AddReference(int slot)
    {
        Debug.Assert(_references[slot] > 0, "A free slot can't be shared.");
        _references[slot]++;
    }

    internal void AddReferences(int slot, int count) => _references[slot] += count;

    internal void Release(int slot)
    {
        Debug.Assert(_references[slot] > 0, "A slot is released once for each reference.");
        if (--_references[slot] != 0)
            return;

        LiveSlots--;
        int word = slot >> 6;
        _free[word] |= 1UL << (slot & 63);
        if (word < _firstFreeWord)
            _firstFreeWord = word;
    }

    /// <summary>A slot with one reference and undefined cells.</summary>
    internal int Allocate()
    {
        for (int word = _firstFreeWord; word < _free.Length; word++)
        {
            ulong bits = _free[word];
            if (bits == 0)
                continue;

            int slot = (word << 6) | BitOperations.TrailingZeroCount(bits);
            _free[word] = bits & (bits - 1);
            _firstFreeWord = word;
            _references[slot] = 1;
            LiveSlots++;
            return slot;
        }

        Grow();
        return Allocate();
    }

    /// <summary>A slot with one reference and the cells of another.</summary>
    internal int AllocateCopy(int slot)
    {
        int copy = Allocate();
        Row(slot).CopyTo(Row(copy));
        return copy;
    }

    /// <summary>A slot whose every cell is <paramref name="filling"/>; the caller gets one reference of it, which many rows may share.</summary>
    internal int Filled(Cell filling)
    {
        if (_filledSlot < 0 || filling != _filling)
        {
            if (_filledSlot >= 0)
                Release(_filledSlot);
            _filling = filling;
            _filledSlot = Allocate();
            Row(_filledSlot).Fill(filling);
        }

        AddReference(_filledSlot);
        return _filledSlot;
    }

    /// <summary>Drops free blocks at the end.</summary>
    internal void Trim()
    {
        int blocks = _blocks.Length;
        while (blocks > 1 && IsBlockFree(blocks - 1))
            blocks--;
        if (blocks == _blocks.Length)
            return;

        Array.Resize(ref _blocks, blocks);
        Array.Resize(ref _references, blocks * RowsPerBlock);
        Array.Resize(ref _free, ((blocks * RowsPerBlock) + 63) / 64);
        int rest = (blocks * RowsPerBlock) & 63;
        if (rest != 0)
            _free[^1] &= (1UL << rest) - 1;
        _firstFreeWord = Math.Min(_firstFreeWord, _free.Length);
    }

    internal void MarkTexts(TextTable texts)
    {
        for (int slot = 0; slot < _references.Length; slot++)
        {
            if (_references[slot] == 0)
                continue;
            foreach (ref readonly Cell cell in Row(slot))
            {
                if (cell.IsInterned)
                    texts.Mark(cell.Text & ~Cell.InternedBit);
            }
        }
    }

    internal void MarkLinks(LinkTable links)
    {
        for (int slot = 0; slot < _references.Length; slot++)
        {
            if (_references[slot] == 0)
                continue;
            foreach (ref readonly Cell cell in Row(slot))
            {
                if (cell.Link != 0)
                    links.Mark(cell.Link);
            }
        }
    }

    private bool IsBlockFree(int block) =>
        _references.AsSpan(block * RowsPerBlock, RowsPerBlock).IndexOfAnyExcept(0) < 0;

    private void Grow()
    {
        int slots = _blocks.Length * RowsPerBlock;
        Array.Resize(ref _blocks, _blocks.Length + 1);
        // Pinned, so that a collection never copies it: it lives as long as the session, and a pause is every session's.
        _blocks[^1] = GC.AllocateUninitializedArray<Cell>(RowsPerBlock * Columns, pinned: true);
        Array.Resize(ref _references, slots + RowsPerBlock);
        if ((slots >> 6) >= _free.Length)
            Array.Resize(ref _free, _free.Length + 1);
        _free[slots >> 6] |= ((1UL << RowsPerBlock) - 1) << (slots & 63);
        _firstFreeWord = Math.Min(_firstFreeWord, slots >> 6);
    }
}
