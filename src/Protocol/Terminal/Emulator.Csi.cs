using System.Buffers.Text;

namespace MoshBroker.Protocol.Terminal;

public sealed partial class Emulator
{
    private const ulong Question = '?';
    private const ulong GreaterThan = '>';
    private const ulong Exclamation = '!';
    private const ulong Dollar = '$';
    private const ulong Space = ' ';

    private void ControlSequence()
    {
        // Only SGR has subparameters; a colon makes every other sequence void.
        if (_parser.HasSubparameters && _parser.Key != 'm')
            return;

        // These leave a pending wrap alone; all others cancel it, known or not.
        switch (_parser.Key)
        {
            case 'm':
                SelectGraphicRendition(); // SGR
                return;
            case Space | ((ulong)'q' << 8):
                SetCursorShape(); // DECSCUSR
                return;
            case 'I':
                MoveByTabs(Count(0)); // CHT
                return;
            case 'Z':
                MoveByTabs(-Count(0)); // CBT
                return;
            case 'g':
                ClearTabs(); // TBC
                return;
            case Question | ((ulong)'h' << 8):
                SetPrivateModes(true); // DECSET
                return;
            case Question | ((ulong)'l' << 8):
                SetPrivateModes(false); // DECRST
                return;
        }

        _hidden.PendingWrap = false;
        ref FrameState state = ref Frame.State;
        int row = state.CursorRow;
        int column = state.CursorColumn;
        switch (_parser.Key)
        {
            case 'A': // CUU
                MoveTo(row - Count(0), column);
                break;
            case 'B': // CUD
                MoveTo(row + Count(0), column);
                break;
            case 'C': // CUF
                MoveTo(row, column + Count(0));
                break;
            case 'D': // CUB
                MoveTo(row, column - Count(0));
                break;
            case 'E': // CNL, which margins stop
                MoveTo(Math.Min(row + Count(0), row <= _hidden.RegionBottom ? _hidden.RegionBottom : Frame.Rows - 1), 0);
                break;
            case 'F': // CPL, which margins stop
                MoveTo(Math.Max(row - Count(0), row >= _hidden.RegionTop ? _hidden.RegionTop : 0), 0);
                break;
            case 'a': // HPR
                MoveTo(row, column + Count(0));
                break;
            case 'e': // VPR
                MoveTo(row + Count(0), column);
                break;
            case 'b':
                RepeatCharacter(Count(0)); // REP
                break;
            case 's':
                SaveCursor(); // SCOSC
                break;
            case 'u':
                RestoreCursor(); // SCORC
                break;
            case 'H' or 'f': // CUP, HVP
                MoveTo(FromOrigin(Count(0)), Count(1) - 1);
                break;
            case 'd': // VPA
                MoveTo(FromOrigin(Count(0)), column);
                break;
            case 'G' or '`': // CHA, HPA
                MoveTo(row, Count(0) - 1);
                break;
            case 'J':
                EraseInDisplay(); // ED
                break;
            case 'K':
                EraseInLine(_parser.Parameter(0)); // EL
                break;
            case 'X': // ECH
                EraseCells(row, column, Count(0));
                break;
            case '@':
                InsertCells(Count(0)); // ICH
                break;
            case 'P':
                DeleteCells(Count(0)); // DCH
                break;
            case 'L': // IL
                if (row >= _hidden.RegionTop && row <= _hidden.RegionBottom)
                    Frame.ScrollDown(row, _hidden.RegionBottom, Count(0), BlankCell);
                MoveTo(row, 0);
                break;
            case 'M': // DL
                if (row >= _hidden.RegionTop && row <= _hidden.RegionBottom)
                    Frame.ScrollUp(row, _hidden.RegionBottom, Count(0), BlankCell);
                MoveTo(row, 0);
                break;
            case 'S': // SU
                ScrollUp(_hidden.RegionTop, _hidden.RegionBottom, Count(0));
                break;
            case 'T': // SD
                Frame.ScrollDown(_hidden.RegionTop, _hidden.RegionBottom, Count(0), BlankCell);
                break;
            case 'r':
                SetRegion(); // DECSTBM
                break;
            case 'h':
                SetAnsiModes(true); // SM
                break;
            case 'l':
                SetAnsiModes(false); // RM
                break;
            case 'n':
                ReportStatus(); // DSR
                break;
            case 'c':
                Reply("\e[?62c"u8); // DA
                break;
            case GreaterThan | ((ulong)'c' << 8):
                Reply("\e[>1;10;0c"u8); // DA2
                break;
            case Exclamation | ((ulong)'p' << 8):
                SoftReset(); // DECSTR
                break;
            case Dollar | ((ulong)'p' << 8):
                ReportMode(AnsiModeState(_parser.Parameter(0)), isPrivate: false); // DECRQM
                break;
            case Question | ((ulong)'$' << 8) | ((ulong)'p' << 16):
                ReportMode(PrivateModeState(_parser.Parameter(0)), isPrivate: true); // DECRQM
                break;
        }
    }

    /// <summary>A count or position: absent and zero mean 1.</summary>
    private int Count(int parameter) => Math.Max(1, _parser.Parameter(parameter));

    private int FromOrigin(int row) => row - 1 + (_hidden.OriginMode ? _hidden.RegionTop : 0);

    private void MoveByTabs(int count)
    {
        int column = Frame.State.CursorColumn;
        for (; count > 0 && column < Frame.Columns - 1; count--)
            column = _tabs.Next(column);
        for (; count < 0 && column > 0; count++)
            column = _tabs.Previous(column);
        MoveTo(Frame.State.CursorRow, column);
    }

    private void ClearTabs()
    {
        switch (_parser.Parameter(0))
        {
            case 0:
                _tabs.Set(Frame.State.CursorColumn, false);
                break;
            case 3:
                _tabs.ClearAll();
                break;
        }
    }

    private void EraseInDisplay()
    {
        int row = Frame.State.CursorRow;
        switch (_parser.Parameter(0))
        {
            case 0:
                EraseInLine(0);
                Frame.FillRows(row + 1, Frame.Rows - row - 1, BlankCell);
                break;
            case 1:
                Frame.FillRows(0, row, BlankCell);
                EraseInLine(1);
                break;
            case 2:
                Frame.FillRows(0, Frame.Rows, BlankCell);
                break;
            case 3:
                Scrollback.Clear();
                break;
        }
    }

    private void EraseInLine(int part)
    {
        int row = Frame.State.CursorRow;
        int column = Frame.State.CursorColumn;
        switch (part)
        {
            case 0:
                EraseCells(row, column, Frame.Columns - column);
                break;
            case 1:
                EraseCells(row, 0, column + 1);
                break;
            case 2:
                EraseCells(row, 0, Frame.Columns);
                break;
        }
    }

    private void EraseCells(int row, int column, int count)
    {
        count = Math.Min(count, Frame.Columns - column);
        if (count == Frame.Columns)
            Frame.FillRows(row, 1, BlankCell);
        else
            Frame.WritableRow(row).Slice(column, count).Fill(BlankCell);
    }

    private void InsertCells(int count)
    {
        Span<Cell> rest = Frame.WritableRow(Frame.State.CursorRow)[Frame.State.CursorColumn..];
        count = Math.Min(count, rest.Length);
        rest[^1].CellFlags &= ~CellFlags.Wrap;
        rest[..^count].CopyTo(rest[count..]);
        rest[..count].Fill(BlankCell);
    }

    private void DeleteCells(int count)
    {
        Span<Cell> rest = Frame.WritableRow(Frame.State.CursorRow)[Frame.State.CursorColumn..];
        count = Math.Min(count, rest.Length);

        // Stock lets the mark travel with the cell; outside the last column it means nothing, so it is dropped here.
        rest[^1].CellFlags &= ~CellFlags.Wrap;
        rest[count..].CopyTo(rest);
        rest[^count..].Fill(BlankCell);
    }

    private void SetRegion()
    {
        int top = Count(0);
        int bottom = _parser.Parameter(1);
        if (bottom == 0 || bottom > Frame.Rows)
            bottom = Frame.Rows;
        if (bottom <= top || top > Frame.Rows)
            return;

        _hidden.RegionTop = top - 1;
        _hidden.RegionBottom = bottom - 1;
        MoveTo(FromOrigin(1), 0);
    }

    private void ReportStatus()
    {
        switch (_parser.Parameter(0))
        {
            case 5:
                Reply("\e[0n"u8);
                break;
            case 6: // CPR
                Span<byte> report = stackalloc byte[32];
                "\e["u8.CopyTo(report);
                Utf8Formatter.TryFormat(Frame.State.CursorRow + 1, report[2..], out int rowLength);
                int at = 2 + rowLength;
                report[at++] = (byte)';';
                Utf8Formatter.TryFormat(Frame.State.CursorColumn + 1, report[at..], out int columnLength);
                at += columnLength;
                report[at++] = (byte)'R';
                Reply(report[..at]);
                break;
        }
    }

    private void SetCursorShape()
    {
        int shape = _parser.Parameter(0);
        if (shape <= 6)
            Frame.State.CursorShape = (byte)shape;
    }

    private void SoftReset()
    {
        ref FrameState state = ref Frame.State;
        state.CursorVisible = true;
        state.Rendition = default;
        state.Link = 0;
        HiddenState fresh = HiddenState.Initial(Frame.Rows);
        _hidden = fresh with
        {
            Autowrap = _hidden.Autowrap,
            TargetRow = _hidden.TargetRow,
            TargetColumn = _hidden.TargetColumn,
            LastPrinted = _hidden.LastPrinted,
            AlternateScreen = _hidden.AlternateScreen,
            OtherSaved = _hidden.OtherSaved,
        };
    }
}
