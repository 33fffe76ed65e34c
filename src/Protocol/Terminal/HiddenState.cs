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
    public int SavedRow;
    public int SavedColumn;
    public Rendition SavedRendition;
    public bool SavedAutowrap;
    public bool SavedOriginMode;

    public static HiddenState Initial(int rows) => new() { Autowrap = true, SavedAutowrap = true, RegionBottom = rows - 1 };
}
