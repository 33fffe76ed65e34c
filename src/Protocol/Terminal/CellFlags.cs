namespace MoshBroker.Protocol.Terminal;

/// <summary>
/// The attributes of a rendition, and the marks of a cell. The lower six attributes are all that the stock client knows; the upper ones are kept
/// for readers that can show them, and no diff for the stock client contains or depends on them.
/// </summary>
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

    /// <summary>The attributes that the stock client can show.</summary>
    Attributes = 63,

    /// <summary>The text takes two columns; the cell to the right is hidden.</summary>
    Wide = 64,

    /// <summary>The text starts with a combining character: it is shown on a no-break space.</summary>
    Fallback = 128,

    /// <summary>Only in the last column: the row goes on in the next one.</summary>
    Wrap = 256,

    /// <summary>SGR 2.</summary>
    Faint = 512,

    /// <summary>SGR 9.</summary>
    Strikethrough = 1024,

    /// <summary>SGR 53.</summary>
    Overline = 2048,

    /// <summary>SGR 21 or 4:2, beside <see cref="Underline"/>. Of the four kinds of line at most one is set.</summary>
    DoubleUnderline = 4096,

    /// <summary>SGR 4:3, beside <see cref="Underline"/>.</summary>
    CurlyUnderline = 8192,

    /// <summary>SGR 4:4, beside <see cref="Underline"/>.</summary>
    DottedUnderline = 16384,

    /// <summary>SGR 4:5, beside <see cref="Underline"/>.</summary>
    DashedUnderline = 32768,

    /// <summary>All kinds of underline but the plain one.</summary>
    UnderlineKinds = DoubleUnderline | CurlyUnderline | DottedUnderline | DashedUnderline,

    /// <summary>The attributes that the stock client does not know.</summary>
    HiddenAttributes = Faint | Strikethrough | Overline | UnderlineKinds,

    /// <summary>All that belongs to a rendition.</summary>
    AllAttributes = Attributes | HiddenAttributes,
}
