using System.Text;

namespace MoshBroker.Protocol.Terminal;

/// <summary>Puts a kept row back onto a screen.</summary>
internal ref struct ScrollbackPainter
{
    private readonly Framebuffer _frame;
    private readonly int _row;
    private ReadOnlySpan<Cell> _cells;
    private Span<Cell> _writable;

    private ScrollbackPainter(Framebuffer frame, int row)
    {
        _frame = frame;
        _row = row;
        _cells = frame.Row(row);
    }

    /// <summary>Writes the row at which a reader stands, as far as it fits; nothing if it is there already. It goes on only into the row that followed it.</summary>
    internal static void Paint(Framebuffer frame, int row, scoped ref ScrollbackReader kept, bool goesOn)
    {
        ScrollbackPainter painter = new(frame, row);
        painter.Paint(ref kept, goesOn && kept.Wraps);
    }

    private void Paint(scoped ref ScrollbackReader kept, bool wraps)
    {
        ReadOnlySpan<byte> text = kept.Text;
        Rendition rendition = default;
        int left = 0;
        int column = 0;
        while (!text.IsEmpty && column < _cells.Length)
        {
            if (left <= 0)
            {
                bool isStyled = kept.TryReadRun(out ScrollbackRun run);
                left = isStyled ? run.Length : text.Length;
                rendition = isStyled ? run.Rendition : default;
            }

            int length = NextCell(text, rendition, out Cell cell);
            text = text[length..];
            left -= length;
            int width = cell.IsWide ? 2 : 1;
            if (column + width > _cells.Length)
            {
                // A wide character that the edge cuts in two can't be shown.
                cell = Cell.Blank(rendition.Background);
                width = 1;
            }

            if (width == 2)
                Put(column, cell);
            cell = width == 2 ? Cell.Blank(rendition.Background) : cell;
            column += width;
            if (wraps && text.IsEmpty && column == _cells.Length)
                cell.CellFlags |= CellFlags.Wrap;
            Put(column - 1, cell);
        }

        if (!_cells[column..].ContainsAnyExcept(default(Cell)))
            return;
        Unshare();
        _writable[column..].Clear();
    }

    /// <summary>One character and what combines with it.</summary>
    private readonly int NextCell(ReadOnlySpan<byte> text, Rendition rendition, out Cell cell)
    {
        Rune.DecodeFromUtf8(text, out Rune first, out int length);
        int end = length;
        while (end < text.Length && text[end] >= 0x80)
        {
            Rune.DecodeFromUtf8(text[end..], out Rune next, out int more);
            if (CharacterWidth.Of(next.Value) != 0)
                break;
            end += more;
        }

        CellFlags wide = CharacterWidth.Of(first.Value) == 2 ? CellFlags.Wide : CellFlags.None;
        if (end == length)
        {
            cell = first.Value == ' ' && rendition.IsPlain ? default : new Cell((uint)first.Value, rendition, wide);
            return end;
        }

        // No cell ever held more than this.
        cell = new Cell(_frame.Memory.Intern(text[..Math.Min(end, TextTable.MaxLength)]), rendition, wide);
        return end;
    }

    /// <summary>At once, so that a cell's text is never swept away as one that no row holds.</summary>
    private void Put(int column, Cell cell)
    {
        if (_cells[column] == cell)
            return;
        Unshare();
        _writable[column] = cell;
    }

    private void Unshare()
    {
        if (!_writable.IsEmpty)
            return;
        _cells = _writable = _frame.WritableRow(_row);
    }
}
