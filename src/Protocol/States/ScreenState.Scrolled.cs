using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.States;

public sealed partial class ScreenState
{
    // The first row of what is shown, as the scrollback counts rows: what scrolls by below does not move it.
    private ulong _top;
    private ulong _viewedOldest;

    /// <summary>True while the client is shown rows that have left the screen.</summary>
    public bool IsScrolledBack { get; private set; }

    /// <summary>True when there are kept rows, and a window that is large enough to show them.</summary>
    public bool CanScrollBack => _terminal.Scrollback.Count > 0 && ViewRows > ScrolledView.NoteRows && Oldest < _terminal.ShownFrom;

    /// <summary>A page towards the oldest row; a row of the page before stays in sight.</summary>
    public void PageUp()
    {
        if (!CanScrollBack)
            return;
        ulong top = IsScrolledBack ? _top : _terminal.ShownFrom;
        ulong oldest = Oldest;
        ScrollTo(top > oldest + PageStep ? top - PageStep : oldest);
    }

    /// <summary>A page towards the present, which is where it ends.</summary>
    public void PageDown()
    {
        if (IsScrolledBack)
            ScrollTo(_top + PageStep);
    }

    /// <summary>Shows the present.</summary>
    public void ShowPresent()
    {
        if (!IsScrolledBack)
            return;
        IsScrolledBack = false;
        _viewedVersion = 0;
    }

    private int ViewRows => _viewColumns == 0 ? _terminal.Shown.Rows : _viewRows;

    private ulong PageStep => (ulong)Math.Max(1, ViewRows - ScrolledView.NoteRows - 1);

    private ulong Oldest => _terminal.Scrollback.Added - (ulong)_terminal.Scrollback.Count;

    private void ScrollTo(ulong top)
    {
        if (top >= _terminal.ShownFrom)
        {
            ShowPresent();
            return;
        }

        _top = top;
        IsScrolledBack = true;
        _viewedVersion = 0;
    }

    /// <summary>What is shown may have been forgotten meanwhile, or covered by a program that draws on the whole screen.</summary>
    private void FollowScrollback()
    {
        ulong oldest = Oldest;
        if (oldest != _viewedOldest)
        {
            _viewedOldest = oldest;
            _top = Math.Max(_top, oldest);
            _viewedVersion = 0;
        }

        if (_terminal.IsAlternateScreen || _top >= _terminal.ShownFrom || ViewRows <= ScrolledView.NoteRows)
            ShowPresent();
    }
}
