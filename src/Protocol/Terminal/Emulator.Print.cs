using System.Runtime.CompilerServices;
using System.Text;

namespace MoshBroker.Protocol.Terminal;

public sealed partial class Emulator
{
    /// <summary>A run of printable ASCII: the common case, a row's worth at a time.</summary>
    private void PrintAscii(ReadOnlySpan<byte> text)
    {
        if (_hidden.Charsets.DrawsLines)
        {
            foreach (byte letter in text)
                PrintCharacter(LineDrawing.FormOf(letter), 1);
            return;
        }

        ref FrameState state = ref Frame.State;
        _hidden.LastPrinted = text[^1];
        while (!text.IsEmpty)
        {
            if (_hidden.PendingWrap && _hidden.Autowrap)
                WrapLine();

            int column = state.CursorColumn;
            int length = Math.Min(Frame.Columns - column, text.Length);

            // In origin mode a cursor outside the region snaps into it after the first character.
            if (_hidden.InsertMode || _hidden.OriginMode)
                length = 1;
            if (_hidden.InsertMode)
                InsertCells(1);

            Span<Cell> cells = Frame.WritableRow(state.CursorRow).Slice(column, length);
            Cell cell = new(0, state.Rendition) { Link = state.Link };
            for (int i = 0; i < cells.Length; i++)
            {
                cell.Text = text[i];
                cells[i] = cell;
            }

            _hidden.TargetRow = state.CursorRow;
            _hidden.TargetColumn = column + length - 1;
            Advance(length);
            text = text[length..];
        }
    }

    private void Print(int codePoint)
    {
        if (codePoint < 0x7f && _hidden.Charsets.DrawsLines)
            codePoint = LineDrawing.FormOf(codePoint);
        int width = CharacterWidth.Of(codePoint);
        switch (width)
        {
            case 0:
                Combine(codePoint);
                break;
            case > 0:
                PrintCharacter(codePoint, width);
                break;
        }
    }

    private void PrintCharacter(int codePoint, int width)
    {
        ref FrameState state = ref Frame.State;
        if (_hidden.Autowrap)
        {
            if (_hidden.PendingWrap)
            {
                WrapLine();
            }
            else if (width == 2 && state.CursorColumn == Frame.Columns - 1)
            {
                // Does not count as a continued row: the last column stays empty.
                Frame.WritableRow(state.CursorRow)[^1] = BlankCell;
                state.CursorColumn = 0;
                MoveDownScrolling(1);
            }
        }

        if (_hidden.InsertMode)
            InsertCells(width);

        int column = state.CursorColumn;
        Span<Cell> row = Frame.WritableRow(state.CursorRow);
        row[column] = new Cell((uint)codePoint, state.Rendition, width == 2 ? CellFlags.Wide : CellFlags.None) { Link = state.Link };
        if (width == 2 && column + 1 < row.Length)
            row[column + 1] = BlankCell;

        _hidden.LastPrinted = codePoint;
        _hidden.TargetRow = state.CursorRow;
        _hidden.TargetColumn = column;
        Advance(width);
    }

    /// <summary>Prints the last character again; more often than the screen has cells would only cost time.</summary>
    private void RepeatCharacter(int count)
    {
        int character = _hidden.LastPrinted;
        if (character == 0)
            return;

        int cells = Frame.Columns * Frame.Rows;
        if (count > cells)
        {
            count = cells;
            Guards.OnRepeat();
        }

        int width = CharacterWidth.Of(character);
        for (; count > 0; count--)
            PrintCharacter(character, width);
    }

    private void Combine(int codePoint)
    {
        if (_hidden.TargetRow < 0)
            return;

        ref Cell cell = ref Frame.WritableRow(_hidden.TargetRow)[_hidden.TargetColumn];
        if (cell.IsBlank)
        {
            cell.Text = (uint)codePoint;
            cell.CellFlags |= CellFlags.Fallback;
            Advance(1);
            return;
        }

        Span<byte> text = stackalloc byte[TextTable.MaxLength];
        int length = Frame.CopyText(cell, text);

        // The no-break space that a fallback cell is sent on takes two bytes at the client, whose limit is the same.
        if (length + (cell.IsFallback ? 2 : 0) >= TextTable.FullLength)
        {
            Guards.OnCombining();
            return;
        }

        length += new Rune(codePoint).EncodeToUtf8(text[length..]);
        cell.Text = Frame.Memory.Intern(text[..length]);
    }

    /// <summary>After printing: the cursor goes right, and stays in the last column when it would leave it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Advance(int width)
    {
        ref FrameState state = ref Frame.State;
        int column = state.CursorColumn + width;
        _hidden.PendingWrap = column >= Frame.Columns;
        state.CursorColumn = _hidden.PendingWrap ? Frame.Columns - 1 : column;
        if (_hidden.OriginMode)
            state.CursorRow = Math.Clamp(state.CursorRow, _hidden.RegionTop, _hidden.RegionBottom);
    }

    private void WrapLine()
    {
        ref FrameState state = ref Frame.State;
        Frame.WritableRow(state.CursorRow)[^1].CellFlags |= CellFlags.Wrap;
        state.CursorColumn = 0;
        _hidden.PendingWrap = false;
        MoveDownScrolling(1);
    }

    /// <summary>Down, scrolling at the bottom of the region; outside the region nothing scrolls.</summary>
    private void MoveDownScrolling(int count)
    {
        ref FrameState state = ref Frame.State;
        int row = state.CursorRow;
        if (row >= _hidden.RegionTop && row <= _hidden.RegionBottom && row + count > _hidden.RegionBottom)
        {
            ScrollUp(_hidden.RegionTop, _hidden.RegionBottom, row + count - _hidden.RegionBottom);
            MoveTo(_hidden.RegionBottom, state.CursorColumn);
        }
        else
        {
            MoveTo(row + count, state.CursorColumn);
        }
    }

    /// <summary>Scrolls rows out at the top of a region. Those that leave the main screen at its top are kept.</summary>
    private void ScrollUp(int top, int bottom, int count)
    {
        if (top == 0 && !_hidden.AlternateScreen)
        {
            int leaving = Math.Min(count, bottom + 1);
            for (int row = 0; row < leaving; row++)
                Scrollback.Add(Frame, row);
        }

        Frame.ScrollUp(top, bottom, count, BlankCell);
    }

    /// <summary>Up, scrolling at the top of the region; outside the region nothing scrolls.</summary>
    private void MoveUpScrolling(int count)
    {
        ref FrameState state = ref Frame.State;
        int row = state.CursorRow;
        if (row >= _hidden.RegionTop && row <= _hidden.RegionBottom && row - count < _hidden.RegionTop)
        {
            Frame.ScrollDown(_hidden.RegionTop, _hidden.RegionBottom, _hidden.RegionTop - (row - count), BlankCell);
            MoveTo(_hidden.RegionTop, state.CursorColumn);
        }
        else
        {
            MoveTo(row - count, state.CursorColumn);
        }
    }

    /// <summary>Places the cursor, clamped to the screen, in origin mode to the region; combining characters now join the cell there.</summary>
    private void MoveTo(int row, int column)
    {
        ref FrameState state = ref Frame.State;
        state.CursorRow = _hidden.OriginMode
            ? Math.Clamp(row, _hidden.RegionTop, _hidden.RegionBottom)
            : Math.Clamp(row, 0, Frame.Rows - 1);
        state.CursorColumn = Math.Clamp(column, 0, Frame.Columns - 1);
        _hidden.TargetRow = state.CursorRow;
        _hidden.TargetColumn = state.CursorColumn;
    }
}
