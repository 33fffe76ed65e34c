namespace MoshBroker.Protocol.Terminal;

/// <summary>What a frame has besides cells and texts; a plain value, so that a copy is one assignment.</summary>
internal record struct FrameState
{
    public int CursorRow;
    public int CursorColumn;
    public bool CursorVisible;
    public bool ReverseVideo;
    public bool BracketedPaste;
    public bool FocusEvents;

    /// <summary>Mode 1007; kept, but never sent to a client.</summary>
    public bool AlternateScroll;

    /// <summary>Any title, icon name, was ever set: without that, none is sent.</summary>
    public bool TitleEverSet;

    /// <summary>The private mode that is on: 9, 1000, 1001, 1002, 1003, or 0.</summary>
    public short MouseReporting;

    /// <summary>DECSCUSR: 0 the terminal's own, 1 and 2 block, 3 and 4 underline, 5 and 6 bar, odd ones blink; kept, but never sent to a stock client.</summary>
    public byte CursorShape;

    /// <summary>The private mode that is on: 1005, 1006, 1015, or 0.</summary>
    public short MouseEncoding;
    public Rendition Rendition;

    /// <summary>OSC 8: the hyperlink of what is printed, 0 for none. No client is told: each diff opens and closes what its cells need.</summary>
    public ushort Link;
    public ulong Bells;

    public static FrameState Initial => new() { CursorVisible = true };
}
