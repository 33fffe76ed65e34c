namespace MoshBroker.Protocol.Terminal;

/// <summary>What an emulator has that no frame shows and no diff carries; a plain value, so that a copy is one assignment.</summary>
internal record struct HiddenState
{
    /// <summary>The cursor stands logically behind the last column: the next character wraps first.</summary>
    public bool PendingWrap;
    public bool OriginMode;
    public bool Autowrap;
    public bool InsertMode;
    public bool ApplicationCursorKeys;

    /// <summary>Which cell a combining character joins; row -1 when it fell off the screen.</summary>
    public int TargetRow;
    public int TargetColumn;

    /// <summary>The scrolling region, both rows inclusive.</summary>
    public int RegionTop;
    public int RegionBottom;
    public Charsets Charsets;

    /// <summary>The character printed last, which REP repeats; 0 before the first.</summary>
    public int LastPrinted;

    /// <summary>The alternate screen is shown.</summary>
    public bool AlternateScreen;

    /// <summary>Of the screen that is shown.</summary>
    public SavedCursor Saved;

    /// <summary>Of the other screen.</summary>
    public SavedCursor OtherSaved;

    public static HiddenState Initial(int rows) =>
        new() { Autowrap = true, Saved = SavedCursor.Initial, OtherSaved = SavedCursor.Initial, RegionBottom = rows - 1 };
}
