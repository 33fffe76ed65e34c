using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoshBroker.Protocol.Terminal;

/// <summary>One place of the grid. 16 bytes without references, so that rows are plain memory to the collector.</summary>
/// <remarks>
/// An erased cell is blank (no text) and carries nothing but a background. A cell with a space is another cell than a blank one.
/// </remarks>
[StructLayout(LayoutKind.Sequential, Size = 16)]
public struct Cell : IEquatable<Cell>
{
    internal const uint InternedBit = 0x8000_0000;

    /// <summary>0 = blank; a code point; or, with the top bit set, the number of a text in the session's <see cref="TextTable"/>.</summary>
    internal uint Text;

    internal Color ForegroundColor;
    internal Color BackgroundColor;
    internal CellFlags CellFlags;

    /// <summary>The number of a hyperlink in the session's <see cref="LinkTable"/>; 0 for none. Blank cells have none.</summary>
    internal ushort Link;

    internal Cell(uint text, Rendition rendition, CellFlags flags = CellFlags.None)
    {
        Text = text;
        ForegroundColor = rendition.Foreground;
        BackgroundColor = rendition.Background;
        CellFlags = rendition.Attributes | flags;
        Link = 0;
    }

    /// <summary>True for a cell that holds no text: never written, or erased.</summary>
    public readonly bool IsBlank => Text == 0;

    /// <summary>True when the text takes two columns, so that the next cell of the row is hidden.</summary>
    public readonly bool IsWide => (CellFlags & CellFlags.Wide) != 0;

    /// <summary>True when the text starts with a combining character, which is shown on a no-break space.</summary>
    public readonly bool IsFallback => (CellFlags & CellFlags.Fallback) != 0;

    /// <summary>In the last column: true when the row goes on in the next one.</summary>
    public readonly bool Wraps => (CellFlags & CellFlags.Wrap) != 0;

    /// <summary>Colours and attributes, as far as the stock client can show them.</summary>
    public readonly Rendition Rendition => new(ForegroundColor, BackgroundColor, CellFlags & CellFlags.Attributes);

    /// <summary>Colours and all attributes.</summary>
    public readonly Rendition FullRendition => new(ForegroundColor, BackgroundColor, CellFlags & CellFlags.AllAttributes);

    /// <summary>True when the text is longer than one code point and lives in the text table.</summary>
    internal readonly bool IsInterned => (Text & InternedBit) != 0;

    /// <summary>True when the text is a character with others that combine with it: such a cell is only good while a frame of its session holds it.</summary>
    public readonly bool IsCluster => IsInterned;

    /// <summary>True when a reader sees nothing in it: blank, a space, a no-break space.</summary>
    public readonly bool IsBlankLike => Text is 0 or ' ' or 0xa0;

    /// <summary>A cell with one printable character; its width is the character's.</summary>
    public static Cell Of(int codePoint, Rendition rendition) =>
        new((uint)codePoint, rendition, CharacterWidth.Of(codePoint) == 2 ? CellFlags.Wide : CellFlags.None);

    /// <summary>A blank on a background.</summary>
    public static Cell Empty(Color background) => Blank(background);

    /// <summary>The same text in other colours and attributes.</summary>
    public readonly Cell With(Rendition rendition) => new(Text, rendition, CellFlags & ~CellFlags.AllAttributes);

    /// <summary>True when a reader sees the same text in both, colours aside; both are of one session.</summary>
    public readonly bool HasSameText(Cell other) => Text == other.Text || (IsBlankLike && other.IsBlankLike);

    /// <summary>An erased cell: blank on a background.</summary>
    internal static Cell Blank(Color background) => new(0, new Rendition(default, background, CellFlags.None));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Equals(Cell other) =>
        Unsafe.BitCast<Cell, Vector128<uint>>(this) == Unsafe.BitCast<Cell, Vector128<uint>>(other);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Cell other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode() => HashCode.Combine(Text, ForegroundColor, BackgroundColor, CellFlags);

    /// <summary>Bitwise equality; interned texts are equal when their numbers in one table are.</summary>
    public static bool operator ==(Cell left, Cell right) => left.Equals(right);

    /// <summary>Bitwise inequality.</summary>
    public static bool operator !=(Cell left, Cell right) => !left.Equals(right);
}
