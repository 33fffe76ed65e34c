using System.Buffers.Text;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Display;

/// <summary>Renditions as SGR, in forms that stock 1.4.0 knows; attributes that it does not know are only in renditions for others.</summary>
internal static class RenditionWriter
{
    /// <summary>Room for either form: five attributes off, nine on, two RGB colours.</summary>
    public const int MaxLength = 96;

    /// <summary>From anything: a reset, then what is set. Returns the length.</summary>
    public static int WriteFresh(Rendition pen, Span<byte> to)
    {
        int at = Begin(to);
        if (!pen.IsPlain)
        {
            // An empty parameter is a 0.
            to[at++] = (byte)';';
            at = Attributes(pen.Attributes & ~CellFlags.UnderlineKinds, 0, to, at);
            at = Hidden(pen.Attributes, to, at);
            at = Foreground(pen.Foreground, to, at);
            at = Background(pen.Background, to, at);
        }

        return End(to, at);
    }

    /// <summary>From a known rendition: what differs. Returns the length. Between attributes of which one switches off another only <see cref="WriteFresh"/> is right.</summary>
    public static int WriteChange(Rendition from, Rendition pen, Span<byte> to)
    {
        int at = Begin(to);
        at = Attributes(from.Attributes & ~pen.Attributes, 20, to, at);
        at = Attributes(pen.Attributes & ~from.Attributes, 0, to, at);
        if (from.Foreground != pen.Foreground)
            at = pen.Foreground.IsDefault ? Number(39, to, at) : Foreground(pen.Foreground, to, at);
        if (from.Background != pen.Background)
            at = pen.Background.IsDefault ? Number(49, to, at) : Background(pen.Background, to, at);
        return End(to, at);
    }

    /// <summary>True when <see cref="WriteChange"/> can't be used.</summary>
    public static bool NeedsFresh(Rendition from, Rendition pen) =>
        ((from.Attributes ^ pen.Attributes) & CellFlags.AllAttributes) != 0 && ((from.Attributes | pen.Attributes) & CellFlags.HiddenAttributes) != 0;

    private static int Hidden(CellFlags attributes, Span<byte> to, int at)
    {
        if ((attributes & CellFlags.HiddenAttributes) == 0)
            return at;
        at = One(CellFlags.Faint, "2;"u8, to, at);
        at = One(CellFlags.Strikethrough, "9;"u8, to, at);
        at = One(CellFlags.Overline, "53;"u8, to, at);
        at = One(CellFlags.DoubleUnderline, "4:2;"u8, to, at);
        at = One(CellFlags.CurlyUnderline, "4:3;"u8, to, at);
        at = One(CellFlags.DottedUnderline, "4:4;"u8, to, at);
        return One(CellFlags.DashedUnderline, "4:5;"u8, to, at);

        int One(CellFlags flag, ReadOnlySpan<byte> code, Span<byte> to, int at)
        {
            if ((attributes & flag) == 0)
                return at;
            code.CopyTo(to[at..]);
            return at + code.Length;
        }
    }

    private static int Begin(Span<byte> to)
    {
        to[0] = 0x1b;
        to[1] = (byte)'[';
        return 2;
    }

    /// <summary>The last semicolon becomes the final.</summary>
    private static int End(Span<byte> to, int at)
    {
        if (at == 2)
            at++;
        to[at - 1] = (byte)'m';
        return at;
    }

    private static int Attributes(CellFlags attributes, int offset, Span<byte> to, int at)
    {
        if (attributes == CellFlags.None)
            return at;
        at = One(CellFlags.Bold, 1, to, at);
        at = One(CellFlags.Italic, 3, to, at);
        at = One(CellFlags.Underline, 4, to, at);
        at = One(CellFlags.Blink, 5, to, at);
        at = One(CellFlags.Inverse, 7, to, at);
        return One(CellFlags.Invisible, 8, to, at);

        int One(CellFlags flag, int code, Span<byte> to, int at) =>
            (attributes & flag) == 0 ? at : Number(code == 1 && offset == 20 ? 22 : code + offset, to, at);
    }

    private static int Foreground(Color color, Span<byte> to, int at) => WriteColor(color, 30, to, at);

    private static int Background(Color color, Span<byte> to, int at) => WriteColor(color, 40, to, at);

    private static int WriteColor(Color color, int first, Span<byte> to, int at)
    {
        if (color.IsDefault)
            return at;

        int value = color.Value;
        if (color.IsRgb)
        {
            at = Number(first + 8, to, at);
            at = Number(2, to, at);
            at = Number(value >> 16, to, at);
            at = Number((value >> 8) & 0xff, to, at);
            return Number(value & 0xff, to, at);
        }

        if (value < 8)
            return Number(first + value, to, at);
        if (value < 16)
            return Number(first + 60 + value - 8, to, at);
        at = Number(first + 8, to, at);
        at = Number(5, to, at);
        return Number(value, to, at);
    }

    private static int Number(int value, Span<byte> to, int at)
    {
        Utf8Formatter.TryFormat(value, to[at..], out int length);
        to[at + length] = (byte)';';
        return at + length + 1;
    }
}
