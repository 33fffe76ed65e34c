namespace MoshBroker.Protocol.Terminal;

/// <summary>What DECSC saves; each of the two screens has its own.</summary>
internal record struct SavedCursor
{
    public int Row;
    public int Column;
    public Rendition Rendition;
    public bool Autowrap;
    public bool OriginMode;
    public Charsets Charsets;

    public static SavedCursor Initial => new() { Autowrap = true };
}
