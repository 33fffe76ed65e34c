namespace MoshBroker.Protocol.Terminal;

/// <summary>A colour: the terminal's default (0), one of the palette of 256, or 24-bit RGB.</summary>
/// <remarks>Packed: 0, or <c>0x01000000 | index</c>, or <c>0x02000000 | red &lt;&lt; 16 | green &lt;&lt; 8 | blue</c>.</remarks>
public readonly record struct Color(uint Packed)
{
    private const uint PaletteTag = 0x0100_0000;
    private const uint RgbTag = 0x0200_0000;
    private const uint ValueMask = 0x00ff_ffff;

    /// <summary>The terminal's own colour; the value of <see langword="default"/>.</summary>
    public static Color Default => default;

    /// <summary>Colour 0 to 255 of the palette.</summary>
    public static Color Palette(int index) => new(PaletteTag | (uint)(index & 0xff));

    /// <summary>24-bit colour, <c>0xRRGGBB</c>; higher bits are cut off.</summary>
    public static Color Rgb(int value) => new(RgbTag | ((uint)value & ValueMask));

    /// <summary>True for the terminal's own colour.</summary>
    public bool IsDefault => Packed == 0;

    /// <summary>True for a colour of the palette.</summary>
    public bool IsPalette => (Packed & ~ValueMask) == PaletteTag;

    /// <summary>True for 24-bit colour.</summary>
    public bool IsRgb => (Packed & ~ValueMask) == RgbTag;

    /// <summary>The palette index, or <c>0xRRGGBB</c>.</summary>
    public int Value => (int)(Packed & ValueMask);

    /// <summary>True when the packed form is one that this type makes.</summary>
    internal bool IsValid => IsDefault || IsRgb || (IsPalette && Value <= 255);
}
