namespace MoshBroker.Protocol.Terminal;

public sealed partial class Emulator
{
    // The rows of the screen that is not shown, while there may be something on it.
    private Framebuffer? _other;

    /// <summary>True while the alternate screen is shown: what a full-screen program draws on, so that the main one is there again when it ends.</summary>
    public bool IsAlternateScreen => _hidden.AlternateScreen;

    /// <summary>Modes 47, 1047 and 1049, as xterm has them.</summary>
    private void SelectScreen(int mode, bool alternate)
    {
        switch (mode)
        {
            case 1049 when alternate:
                SaveCursor();
                ShowAlternateScreen();
                _hidden.PendingWrap = false;
                Frame.FillRows(0, Frame.Rows, BlankCell);
                break;
            case 1049:
                LeaveAlternateScreen();
                _hidden.PendingWrap = false;
                RestoreCursor();
                break;
            case 1047 when !alternate:
                LeaveAlternateScreen();
                break;
            default:
                if (alternate)
                    ShowAlternateScreen();
                else
                    ShowMainScreen();
                break;
        }
    }

    private void ShowAlternateScreen()
    {
        if (_hidden.AlternateScreen)
            return;
        if (_other is null)
        {
            _other = Frame.Memory.RentFrame();
            _other.InitializeLike(Frame);
        }

        SwapScreens();
    }

    private void ShowMainScreen()
    {
        if (_hidden.AlternateScreen)
            SwapScreens();
    }

    /// <summary>Back to the main screen; what stood on the alternate one is forgotten.</summary>
    private void LeaveAlternateScreen()
    {
        if (!_hidden.AlternateScreen)
            return;
        SwapScreens();
        DropOtherScreen();
    }

    private void SwapScreens()
    {
        Frame.SwapRows(_other!);
        (_hidden.Saved, _hidden.OtherSaved) = (_hidden.OtherSaved, _hidden.Saved);
        _hidden.AlternateScreen = !_hidden.AlternateScreen;

        // The cell under the cursor is another one now.
        _hidden.TargetRow = Frame.State.CursorRow;
        _hidden.TargetColumn = Frame.State.CursorColumn;
    }

    private void DropOtherScreen()
    {
        _other?.Release();
        _other = null;
    }
}
