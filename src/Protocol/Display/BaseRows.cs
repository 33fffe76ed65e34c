using System.Buffers;
using System.Runtime.InteropServices;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Display;

/// <summary>What each row of the other terminal shows while a diff is written: a row of the old frame, or blanks of one background.</summary>
internal ref struct BaseRows
{
    private readonly Framebuffer? _from;
    private readonly int _columns;
    private readonly bool _isFull;
    private readonly Span<int> _sources; // row of the old frame, or -1
    private readonly Span<Color> _fillings;
    private Cell[]? _blanks;
    private Color _blankColor;

    /// <summary>A view of the old frame; null when the other terminal is blank.</summary>
    public BaseRows(Framebuffer? from, int columns, bool isFull, Span<int> sources, Span<Color> fillings)
    {
        _isFull = isFull;
        _from = from;
        _columns = columns;
        _sources = sources;
        _fillings = fillings;
        _fillings.Clear();
        for (int row = 0; row < sources.Length; row++)
            _sources[row] = from is null ? -1 : row;
    }

    public readonly void Dispose()
    {
        if (_blanks is not null)
            ArrayPool<Cell>.Shared.Return(_blanks);
    }

    /// <summary>The frame whose texts the cells of a row use; null for a blank row.</summary>
    public readonly Framebuffer? FrameOf(int row) => _sources[row] < 0 ? null : _from;

    public readonly int SourceOf(int row) => _sources[row];

    public ReadOnlySpan<Cell> this[int row]
    {
        get
        {
            if (_sources[row] >= 0)
                return _from!.Row(_sources[row]);

            if (_blanks is null || _blankColor != _fillings[row])
            {
                _blanks ??= ArrayPool<Cell>.Shared.Rent(_columns);
                _blankColor = _fillings[row];
                _blanks.AsSpan(0, _columns).Fill(Cell.Blank(_blankColor));
            }

            return _blanks.AsSpan(0, _columns);
        }
    }

    public readonly void Fill(int row, int count, Color filling)
    {
        _sources.Slice(row, count).Fill(-1);
        _fillings.Slice(row, count).Fill(filling);
    }

    public readonly void Scroll(ScrollStep step)
    {
        int height = step.Bottom - step.Top + 1;
        int count = Math.Abs(step.Count);
        int source = step.Count > 0 ? step.Top + count : step.Top;
        int target = step.Count > 0 ? step.Top : step.Top + count;
        _sources.Slice(source, height - count).CopyTo(_sources[target..]);
        _fillings.Slice(source, height - count).CopyTo(_fillings[target..]);
        Fill(step.Count > 0 ? step.Bottom - count + 1 : step.Top, count, step.Filling);
    }

    /// <summary>True when a row needs no painting.</summary>
    public bool Shows(int row, Framebuffer to)
    {
        if (_sources[row] >= 0)
            return to.RowEquals(row, _from!, _sources[row], _isFull);

        ReadOnlySpan<Cell> cells = to.Row(row);
        ReadOnlySpan<Cell> blanks = this[row];
        if (MemoryMarshal.AsBytes(cells).SequenceEqual(MemoryMarshal.AsBytes(blanks)))
            return true;
        for (int column = 0; column < cells.Length; column++)
        {
            if (!Framebuffer.Look(cells[column], column == cells.Length - 1, _isFull).Equals(blanks[column]))
                return false;
        }

        return !cells[^1].Wraps;
    }

    /// <summary>True when the row is known to go on in the next one.</summary>
    public readonly bool Wraps(int row) => _sources[row] >= 0 && _sources[row] < _from!.Rows - 1 && _from.Row(_sources[row])[^1].Wraps;
}
