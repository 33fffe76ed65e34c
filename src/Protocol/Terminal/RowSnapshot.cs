using System.Diagnostics;
using System.Text;
using MoshBroker.Protocol.Snapshots;

namespace MoshBroker.Protocol.Terminal;

/// <summary>The cells of one row in a snapshot: runs of characters, of equal cells, of wide or long texts.</summary>
/// <remarks>
/// A run is <c>mark: u8 | pen, if it changes | how many: varint | contents</c>. The pen is foreground, background (varint: 0 default, 1 + index, 257 + RGB)
/// and attributes, and stays for all rows of a frame. A blank has nothing but the pen's background, so that erased cells change no pen.
/// </remarks>
internal static class RowSnapshot
{
    private const int KindMask = 3;
    private const int Ascii = 0;           // so many bytes
    private const int Repeated = 1;        // one code point, or 0 for a blank, so many times
    private const int CodePoints = 2;      // so many code points
    private const int Texts = 3;           // so many texts, with their lengths
    private const int NewPen = 4;
    private const int Wraps = 8;           // of the last cell
    private const int Fallback = 16;
    private const int HidesBlanks = 32;    // a blank on the pen's background follows each: the right half of a wide character
    private const int AllMarks = 63;

    // An equal cell more costs one byte in a run of characters, a run of its own three.
    private const int WorthRepeating = 5;

    public static void Write(ref SnapshotWriter to, Framebuffer frame, ReadOnlySpan<Cell> cells, ref Rendition pen)
    {
        while (!cells.IsEmpty)
        {
            Cell first = Unmarked(cells[0]);
            int equal = EqualCells(cells);
            int taken;
            if (first.IsBlank || (IsAscii(first) && equal >= WorthRepeating))
            {
                taken = equal;
                Rendition rendition = first.IsBlank ? pen with { Background = first.BackgroundColor } : first.FullRendition;
                Mark(ref to, Repeated, rendition, ref pen, cells[taken - 1].Wraps);
                to.Varint(first.Text);
                to.Int(taken);
            }
            else if (IsAscii(first))
            {
                taken = AsciiCells(cells);
                Mark(ref to, Ascii, first.FullRendition, ref pen, cells[taken - 1].Wraps);
                to.Int(taken);
                foreach (ref readonly Cell cell in cells[..taken])
                    to.Byte((byte)cell.Text);
            }
            else
            {
                taken = WriteLong(ref to, frame, cells, ref pen);
            }

            cells = cells[taken..];
        }
    }

    /// <summary>Fills a row; the reader is bad when it does not.</summary>
    public static void Read(ref SnapshotReader from, Framebuffer frame, Span<Cell> cells, ref Rendition pen)
    {
        while (!cells.IsEmpty && !from.IsBad)
        {
            int mark = from.Byte();
            from.Require(mark <= AllMarks);
            if ((mark & NewPen) != 0)
                pen = ReadRendition(ref from);
            int taken = (mark & KindMask) switch
            {
                Ascii => ReadAscii(ref from, cells, pen),
                Repeated => ReadRepeated(ref from, cells, pen),
                _ => ReadLong(ref from, frame, cells, pen, mark),
            };
            if (from.IsBad)
                return;
            if ((mark & Wraps) != 0)
            {
                from.Require(taken == cells.Length);
                cells[taken - 1].CellFlags |= CellFlags.Wrap;
            }

            cells = cells[taken..];
        }
    }

    public static void WriteRendition(ref SnapshotWriter to, Rendition rendition)
    {
        WriteColor(ref to, rendition.Foreground);
        WriteColor(ref to, rendition.Background);
        to.Int((int)rendition.Attributes);
    }

    public static Rendition ReadRendition(ref SnapshotReader from)
    {
        Color foreground = ReadColor(ref from);
        Color background = ReadColor(ref from);
        CellFlags attributes = (CellFlags)from.Int(0, ushort.MaxValue);
        from.Require((attributes & ~CellFlags.AllAttributes) == 0);
        return new Rendition(foreground, background, attributes);
    }

    private static void WriteColor(ref SnapshotWriter to, Color color) =>
        to.Int(color.IsDefault ? 0 : color.IsPalette ? 1 + color.Value : 257 + color.Value);

    private static Color ReadColor(ref SnapshotReader from)
    {
        int color = from.Int(0, 257 + 0xff_ffff);
        return color == 0 ? default : color <= 256 ? Color.Palette(color - 1) : Color.Rgb(color - 257);
    }

    private static void Mark(ref SnapshotWriter to, int mark, Rendition rendition, ref Rendition pen, bool wraps)
    {
        if (wraps)
            mark |= Wraps;
        if (rendition == pen)
        {
            to.Byte((byte)mark);
            return;
        }

        pen = rendition;
        to.Byte((byte)(mark | NewPen));
        WriteRendition(ref to, rendition);
    }

    private static Cell Unmarked(Cell cell)
    {
        cell.CellFlags &= ~CellFlags.Wrap;
        return cell;
    }

    private static bool IsAscii(Cell cell) => cell.Text is >= 0x20 and <= 0x7e && !cell.IsFallback;

    private static int EqualCells(ReadOnlySpan<Cell> cells)
    {
        Cell first = Unmarked(cells[0]);
        int count = 1;
        while (count < cells.Length && Unmarked(cells[count]) == first)
            count++;
        return count;
    }

    private static int AsciiCells(ReadOnlySpan<Cell> cells)
    {
        Rendition rendition = cells[0].FullRendition;
        int count = 1;
        while (count < cells.Length && IsAscii(cells[count]) && cells[count].FullRendition == rendition
            && !(cells[count].Text == ' ' && EqualCells(cells[count..]) >= WorthRepeating))
        {
            count++;
        }

        return count;
    }

    private static int WriteLong(ref SnapshotWriter to, Framebuffer frame, ReadOnlySpan<Cell> cells, ref Rendition pen)
    {
        Cell first = cells[0];
        Rendition rendition = first.FullRendition;
        Cell blank = Cell.Blank(rendition.Background);
        bool hides = cells.Length > 1 && Unmarked(cells[1]) == blank && first.IsWide;
        int step = hides ? 2 : 1;
        int count = 1;
        while ((count + 1) * step <= cells.Length && Continues(cells, count * step, step))
            count++;

        int taken = count * step;
        int mark = (first.IsInterned ? Texts : CodePoints) | (first.IsFallback ? Fallback : 0) | (hides ? HidesBlanks : 0);
        Mark(ref to, mark, rendition, ref pen, cells[taken - 1].Wraps);
        to.Int(count);
        for (int at = 0; at < taken; at += step)
        {
            if (first.IsInterned)
                to.Block(frame.TextOf(cells[at]));
            else
                to.Varint(cells[at].Text);
        }

        return taken;

        bool Continues(ReadOnlySpan<Cell> all, int at, int width)
        {
            ref readonly Cell cell = ref all[at];
            return !cell.IsBlank && !IsAscii(cell) && cell.FullRendition == rendition && cell.IsInterned == first.IsInterned
                && cell.IsFallback == first.IsFallback && (width == 1 || (cell.IsWide && Unmarked(all[at + 1]) == blank));
        }
    }

    private static int ReadAscii(ref SnapshotReader from, Span<Cell> cells, Rendition pen)
    {
        ReadOnlySpan<byte> text = from.Raw(from.Int(1, cells.Length));
        Cell cell = new(0, pen);
        for (int i = 0; i < text.Length; i++)
        {
            from.Require(text[i] is >= 0x20 and <= 0x7e);
            cell.Text = text[i];
            cells[i] = cell;
        }

        return text.Length;
    }

    private static int ReadRepeated(ref SnapshotReader from, Span<Cell> cells, Rendition pen)
    {
        int text = from.Int(0, 0x7e);
        int count = from.Int(1, cells.Length);
        from.Require(text is 0 or >= 0x20);
        cells[..count].Fill(text == 0 ? Cell.Blank(pen.Background) : new Cell((uint)text, pen));
        return count;
    }

    private static int ReadLong(ref SnapshotReader from, Framebuffer frame, Span<Cell> cells, Rendition pen, int mark)
    {
        int step = (mark & HidesBlanks) != 0 ? 2 : 1;
        int count = from.Int(1, cells.Length);
        from.Require(count * step <= cells.Length);
        bool isFallback = (mark & Fallback) != 0;
        for (int at = 0; at < count * step && !from.IsBad; at += step)
        {
            int leading;
            uint text;
            if ((mark & KindMask) == Texts)
            {
                text = ReadText(ref from, frame, out leading);
            }
            else
            {
                leading = from.Int(0, 0x10ffff);
                text = (uint)leading;
            }

            int width = Rune.IsValid(leading) ? CharacterWidth.Of(leading) : -1;
            from.Require(isFallback ? width == 0 : width >= 1);
            cells[at] = new Cell(text, pen, (width == 2 ? CellFlags.Wide : 0) | (isFallback ? CellFlags.Fallback : 0));
            if (step == 2)
                cells[at + 1] = Cell.Blank(pen.Background);
        }

        return count * step;
    }

    /// <summary>A base, or a combining character on nothing, and more that combine with it.</summary>
    private static uint ReadText(ref SnapshotReader from, Framebuffer frame, out int leading)
    {
        ReadOnlySpan<byte> text = from.Block(TextTable.MaxLength);
        leading = -1;
        int count = 0;
        for (ReadOnlySpan<byte> left = text; !left.IsEmpty && !from.IsBad; count++)
        {
            from.Require(Rune.DecodeFromUtf8(left, out Rune rune, out int length) == System.Buffers.OperationStatus.Done);
            if (count == 0)
                leading = rune.Value;
            else
                from.Require(CharacterWidth.Of(rune.Value) == 0);
            left = left[length..];
        }

        from.Require(count >= 2);
        return from.IsBad ? 0 : frame.Memory.Intern(text);
    }
}
