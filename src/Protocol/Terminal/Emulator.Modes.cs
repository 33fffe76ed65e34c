using System.Buffers.Text;

namespace MoshBroker.Protocol.Terminal;

public sealed partial class Emulator
{
    private void SetAnsiModes(bool on)
    {
        for (int i = 0; i < _parser.ParameterCount; i++)
        {
            if (_parser.Parameter(i) == 4) // IRM
                _hidden.InsertMode = on;
        }
    }

    /// <summary>DECRQM's answer: 1 set, 2 reset, 0 not known.</summary>
    private int AnsiModeState(int mode) => mode == 4 ? StateOf(_hidden.InsertMode) : 0;

    private int PrivateModeState(int mode)
    {
        ref FrameState state = ref Frame.State;
        return mode switch
        {
            1 => StateOf(_hidden.ApplicationCursorKeys),
            5 => StateOf(state.ReverseVideo),
            6 => StateOf(_hidden.OriginMode),
            7 => StateOf(_hidden.Autowrap),
            9 or 1000 or 1001 or 1002 or 1003 => StateOf(state.MouseReporting == mode),
            25 => StateOf(state.CursorVisible),
            47 or 1047 or 1049 => StateOf(_hidden.AlternateScreen),
            1004 => StateOf(state.FocusEvents),
            1005 or 1006 or 1015 => StateOf(state.MouseEncoding == mode),
            1007 => StateOf(state.AlternateScroll),
            2004 => StateOf(state.BracketedPaste),
            2026 => StateOf(IsUpdating),
            _ => 0,
        };
    }

    private static int StateOf(bool on) => on ? 1 : 2;

    private void ReportMode(int state, bool isPrivate)
    {
        Span<byte> report = stackalloc byte[32];
        (isPrivate ? "\e[?"u8 : "\e["u8).CopyTo(report);
        int at = isPrivate ? 3 : 2;
        Utf8Formatter.TryFormat(_parser.Parameter(0), report[at..], out int length);
        at += length;
        report[at++] = (byte)';';
        report[at++] = (byte)('0' + state);
        "$y"u8.CopyTo(report[at..]);
        Reply(report[..(at + 2)]);
    }

    private void SetPrivateModes(bool on)
    {
        for (int i = 0; i < _parser.ParameterCount; i++)
            SetPrivateMode(_parser.Parameter(i), on);
    }

    private void SetPrivateMode(int mode, bool on)
    {
        ref FrameState state = ref Frame.State;
        switch (mode)
        {
            case 1: // DECCKM
                _hidden.ApplicationCursorKeys = on;
                break;
            case 3: // DECCOLM: clears, but the width stays
                _hidden.PendingWrap = false;
                MoveTo(FromOrigin(1), 0);
                Frame.FillRows(0, Frame.Rows, BlankCell);
                break;
            case 5: // DECSCNM
                state.ReverseVideo = on;
                break;
            case 6: // DECOM: home under the old setting, which shows until the next movement
                _hidden.PendingWrap = false;
                MoveTo(FromOrigin(1), 0);
                _hidden.OriginMode = on;
                break;
            case 7: // DECAWM
                _hidden.Autowrap = on;
                break;
            case 9 or 1000 or 1001 or 1002 or 1003:
                state.MouseReporting = on ? (short)mode : (short)0;
                break;
            case 25: // DECTCEM
                state.CursorVisible = on;
                break;
            case 1004:
                state.FocusEvents = on;
                break;
            case 1005 or 1006 or 1015:
                state.MouseEncoding = on ? (short)mode : (short)0;
                break;
            case 1007:
                state.AlternateScroll = on;
                break;
            case 47 or 1047 or 1049:
                SelectScreen(mode, on);
                break;
            case 1048:
                if (on)
                    SaveCursor();
                else
                    RestoreCursor();
                break;
            case 2004:
                state.BracketedPaste = on;
                break;
            case 2026:
                if (on)
                    BeginSynchronizedUpdate();
                else
                    EndSynchronizedUpdate();
                break;
        }
    }
}
