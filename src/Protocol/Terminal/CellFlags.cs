namespace MoshBroker.Protocol.Terminal;

/// <summary>The attributes of a rendition (lower six bits) and the marks of a cell.</summary>
[Flags]
#pragma warning disable CA1028 // 16 bits, so that a cell is 16 bytes.
public enum CellFlags : ushort
#pragma warning restore CA1028
{
    /// <summary>Plain.</summary>
    None = 0,

    /// <summary>SGR 1.</summary>
    Bold = 1,

    /// <summary>SGR 3.</summary>
    Italic = 2,

    /// <summary>SGR 4.</summary>
    Underline = 4,

    /// <summary>SGR 5.</summary>
    Blink = 8,

    /// <summary>SGR 7.</summary>
    Inverse = 16,

    /// <summary>SGR 8.</summary>
    Invisible = 32,

    /// <summary>All that belongs to a rendition.</summary>
    Attributes = 63,

    /// <summary>The text takes two columns; the cell to the right is hidden.</summary>
    Wide = 64,

    /// <summary>The text starts with a combining character: it is shown on a no-break space.</summary>
    Fallback = 128,

    /// <summary>Only in the last column: the row goes on in the next one.</summary>
    Wrap = 256,
}
