namespace MoshBroker.Protocol.Terminal;

public sealed partial class Emulator
{
    /// <summary>A control character, C0 or C1. All but the tabulator and the shifts cancel a pending wrap, known or not.</summary>
    private void Execute(int control)
    {
        ref FrameState state = ref Frame.State;
        if (control == 0x09)
        {
            // HT
            MoveTo(state.CursorRow, _tabs.Next(state.CursorColumn));
            return;
        }

        if (control is 0x0e or 0x0f)
        {
            // SO, SI
            _hidden.Charsets.IsShiftedOut = control == 0x0e;
            return;
        }

        _hidden.PendingWrap = false;
        switch (control)
        {
            case 0x07: // BEL
                state.Bells++;
                break;
            case 0x08: // BS
                MoveTo(state.CursorRow, state.CursorColumn - 1);
                break;
            case 0x0a or 0x0b or 0x0c or 0x84: // LF, VT, FF, IND
                MoveDownScrolling(1);
                break;
            case 0x0d: // CR
                MoveTo(state.CursorRow, 0);
                break;
            case 0x85: // NEL
                state.CursorColumn = 0;
                MoveDownScrolling(1);
                break;
            case 0x88: // HTS
                _tabs.Set(state.CursorColumn, true);
                break;
            case 0x8d: // RI
                MoveUpScrolling(1);
                break;
        }
    }

    private void Escape()
    {
        switch (_parser.Key & 0xff)
        {
            case '(':
                _hidden.Charsets.G0DrawsLines = _parser.Key >> 8 == '0'; // SCS
                return;
            case ')':
                _hidden.Charsets.G1DrawsLines = _parser.Key >> 8 == '0'; // SCS
                return;
        }

        _hidden.PendingWrap = false;
        switch (_parser.Key)
        {
            case >= 0x40 and <= 0x5f:
                // The 7-bit form of a C1 control.
                Execute((int)_parser.Key + 0x40);
                break;
            case '7':
                SaveCursor(); // DECSC
                break;
            case '8':
                RestoreCursor(); // DECRC
                break;
            case 'c':
                Reset(); // RIS
                break;
            case '#' | ((ulong)'8' << 8): // DECALN
                Frame.FillRows(0, Frame.Rows, new Cell('E', new Rendition(default, Frame.State.Rendition.Background, CellFlags.None)));
                break;
        }
    }

    private void SaveCursor()
    {
        ref FrameState state = ref Frame.State;
        _hidden.Saved = new SavedCursor
        {
            Row = state.CursorRow,
            Column = state.CursorColumn,
            Rendition = state.Rendition,
            Autowrap = _hidden.Autowrap,
            OriginMode = _hidden.OriginMode,
            Charsets = _hidden.Charsets,
        };
    }

    private void RestoreCursor()
    {
        SavedCursor saved = _hidden.Saved;
        Frame.State.Rendition = saved.Rendition;
        _hidden.Autowrap = saved.Autowrap;
        _hidden.OriginMode = saved.OriginMode;
        _hidden.Charsets = saved.Charsets;
        MoveTo(saved.Row, saved.Column);
    }

    private void Reset()
    {
        LeaveAlternateScreen();
        DropOtherScreen();
        EndSynchronizedUpdate();
        Scrollback.Clear();
        FrameState state = FrameState.Initial;
        state.Bells = Frame.State.Bells;
        state.TitleEverSet = Frame.State.TitleEverSet;
        Frame.State = state;
        Frame.SetTitle(default);
        Frame.SetClipboard(default);
        Frame.FillRows(0, Frame.Rows, default);
        _hidden = HiddenState.Initial(Frame.Rows);
        _tabs.Reset(Frame.Columns);
    }
}
