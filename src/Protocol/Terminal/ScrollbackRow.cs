using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace MoshBroker.Protocol.Terminal;

/// <summary>The compact form of a row.</summary>
/// <remarks>
/// Text: UTF-8, a space for each blank. Runs: how many bytes of the text (7 bits a byte, low ones first, the top bit says that more follow), then a
/// byte of what the rendition has: bits 0-1 foreground and 2-3 background (0 default, 1 palette, 2 RGB), bit 4 attributes that a stock client knows, bit 5
/// others; then one byte each for palette and attributes, three for RGB. What follows the last run is plain.
/// </remarks>
internal static class ScrollbackRow
{
    // Runs lengths need at most three bytes: a block is smaller than 2^21.
    private const int MostLengthBytes = 3;
    private const int LongestRun = MostLengthBytes + 1 + 3 + 3 + 1 + 1;
    private const int HiddenShift = 9;

    internal static bool TryWrite(Framebuffer frame, ReadOnlySpan<Cell> cells, Span<byte> to, out int textLength, out int runsLength)
    {
        textLength = runsLength = 0;
        if (to.Length < cells.Length)
            return false;

        // Plain ASCII is most of what scrolls by.
        if (IsPlainAscii(cells))
        {
            for (int column = 0; column < cells.Length; column++)
                to[column] = (byte)Math.Max(cells[column].Text, ' ');
            textLength = cells.Length;
            return true;
        }

        int at = 0;
        uint styles = 0;
        for (int column = 0; column < cells.Length; column++)
        {
            ref readonly Cell cell = ref cells[column];
            styles |= cell.ForegroundColor.Packed | cell.BackgroundColor.Packed | (uint)(cell.CellFlags & CellFlags.AllAttributes);
            if (cell.Text < 0x80)
            {
                if (at >= to.Length)
                    return false;
                to[at++] = cell.Text == 0 ? (byte)' ' : (byte)cell.Text;
                Debug.Assert(!cell.IsFallback && !cell.IsWide, "ASCII is neither wide nor combining.");
                continue;
            }

            if (to.Length - at < TextTable.MaxLength + 2)
                return false;
            at += WriteText(frame, cell, to[at..]);
            if (cell.IsWide)
                column++;
        }

        textLength = at;
        return styles == 0 || TryWriteRuns(frame, cells, to[at..], out runsLength);
    }

    private static bool IsPlainAscii(ReadOnlySpan<Cell> cells)
    {
        Vector128<uint> all = default;
        foreach (ref readonly Cell cell in cells)
            all |= Unsafe.BitCast<Cell, Vector128<uint>>(cell);

        // Text, colours, and flags without those that are no attributes.
        Vector128<uint> mask = Vector128.Create(~0x7fu, ~0u, ~0u, (uint)CellFlags.AllAttributes);
        return (all & mask) == Vector128<uint>.Zero;
    }

    /// <summary>Reads one run and takes it away.</summary>
    internal static ScrollbackRun ReadRun(ref ReadOnlySpan<byte> runs)
    {
        int at = 0;
        int length = 0;
        for (int shift = 0; ; shift += 7)
        {
            length |= (runs[at] & 0x7f) << shift;
            if (runs[at++] < 0x80)
                break;
        }

        int kinds = runs[at++];
        Color foreground = ReadColor(kinds & 3, runs, ref at);
        Color background = ReadColor((kinds >> 2) & 3, runs, ref at);
        CellFlags attributes = (kinds & 16) != 0 ? (CellFlags)runs[at++] : CellFlags.None;
        if ((kinds & 32) != 0)
            attributes |= (CellFlags)(runs[at++] << HiddenShift);
        runs = runs[at..];
        return new ScrollbackRun(length, new Rendition(foreground, background, attributes));
    }

    /// <summary>True for whole runs over no more than so many bytes of text: then <see cref="ReadRun"/> can't fail.</summary>
    internal static bool AreRuns(ReadOnlySpan<byte> runs, int textLength)
    {
        while (!runs.IsEmpty)
        {
            int length = 0;
            int at = 0;
            do
            {
                if (at == MostLengthBytes || at == runs.Length)
                    return false;
                length |= (runs[at] & 0x7f) << (7 * at);
            }
            while (runs[at++] >= 0x80);

            if (at == runs.Length || length > textLength)
                return false;
            int kinds = runs[at++];
            if (kinds > 63 || (kinds & 3) == 3 || (kinds >> 2 & 3) == 3)
                return false;
            at += ColorLength(kinds & 3) + ColorLength(kinds >> 2 & 3);
            int shownAt = at;
            at += (kinds >> 4 & 1) + (kinds >> 5 & 1);
            if (at > runs.Length || ((kinds & 16) != 0 && runs[shownAt] > (byte)CellFlags.Attributes))
                return false;
            textLength -= length;
            runs = runs[at..];
        }

        return true;
    }

    private static int ColorLength(int kind) => kind == 2 ? 3 : kind;

    private static bool TryWriteRuns(Framebuffer frame, ReadOnlySpan<Cell> cells, Span<byte> to, out int length)
    {
        Span<byte> scratch = stackalloc byte[TextTable.MaxLength + 2];
        length = 0;
        int text = 0;
        Rendition current = cells[0].FullRendition;
        for (int column = 0; column < cells.Length; column++)
        {
            ref readonly Cell cell = ref cells[column];
            if (cell.FullRendition != current)
            {
                if (to.Length - length < LongestRun)
                    return false;
                length += WriteRun(text, current, to[length..]);
                current = cell.FullRendition;
                text = 0;
            }

            text += cell.Text < 0x80 ? 1 : WriteText(frame, cell, scratch);
            if (cell.IsWide)
                column++;
        }

        if (current.IsPlain)
            return true;
        if (to.Length - length < LongestRun)
            return false;
        length += WriteRun(text, current, to[length..]);
        return true;
    }

    private static int WriteText(Framebuffer frame, Cell cell, Span<byte> to)
    {
        if (!cell.IsFallback)
            return frame.CopyText(cell, to);
        int length = new Rune('\u00a0').EncodeToUtf8(to);
        return length + frame.CopyText(cell, to[length..]);
    }

    private static int WriteRun(int textLength, Rendition rendition, Span<byte> to)
    {
        int at = 0;
        for (; textLength >= 0x80; textLength >>= 7)
            to[at++] = (byte)(textLength | 0x80);
        to[at++] = (byte)textLength;

        CellFlags shown = rendition.Attributes & CellFlags.Attributes;
        int hidden = (int)(rendition.Attributes & CellFlags.HiddenAttributes) >> HiddenShift;
        to[at++] = (byte)(KindOf(rendition.Foreground) | (KindOf(rendition.Background) << 2) | (shown != 0 ? 16 : 0) | (hidden != 0 ? 32 : 0));
        WriteColor(rendition.Foreground, to, ref at);
        WriteColor(rendition.Background, to, ref at);
        if (shown != 0)
            to[at++] = (byte)shown;
        if (hidden != 0)
            to[at++] = (byte)hidden;
        return at;
    }

    private static int KindOf(Color color) => color.IsDefault ? 0 : color.IsPalette ? 1 : 2;

    private static void WriteColor(Color color, Span<byte> to, ref int at)
    {
        if (color.IsDefault)
            return;
        if (color.IsRgb)
        {
            to[at++] = (byte)(color.Value >> 16);
            to[at++] = (byte)(color.Value >> 8);
        }

        to[at++] = (byte)color.Value;
    }

    private static Color ReadColor(int kind, ReadOnlySpan<byte> runs, ref int at)
    {
        switch (kind)
        {
            case 0:
                return default;
            case 1:
                return Color.Palette(runs[at++]);
            default:
                at += 3;
                return Color.Rgb((runs[at - 3] << 16) | (runs[at - 2] << 8) | runs[at - 1]);
        }
    }
}
