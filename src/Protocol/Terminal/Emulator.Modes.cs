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
            case 2004:
                state.BracketedPaste = on;
                break;
        }
    }
}
