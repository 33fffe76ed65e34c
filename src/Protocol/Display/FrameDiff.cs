using System.Buffers;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Display;

/// <summary>
/// One frame to another, as bytes that a terminal showing the first is fed to show the second. Contains nothing that stock Mosh 1.4.0's emulator does
/// not know, unless <see cref="TerminalAbilities.Full"/> is asked for, and nothing that a terminal would answer.
/// </summary>
/// <remarks>
/// Of the other emulator only what frames hold is relied on: not tab stops, not the saved cursor, not a pending wrap; insert and origin mode
/// are off, autowrap is on, the region is the whole screen, and it is left so. Allocates nothing.
/// </remarks>
public static class FrameDiff
{
    // Movements save more than this: then painting without them need not be tried.
    private const int ClearGain = 200;

    private const int MaxScrollSteps = 3;

    /// <summary>From a known frame. When the sizes differ, the terminal has been resized to the new one already.</summary>
    /// <param name="from">What the terminal shows.</param>
    /// <param name="to">What it must show.</param>
    /// <param name="hostBytes">Gets the bytes; nothing when the frames are the same to a client.</param>
    public static void Write(Framebuffer from, Framebuffer to, IBufferWriter<byte> hostBytes)
    {
        FramePainter painter = new(to);
        Paint(from, to, ref painter);
        hostBytes.Write(painter.Written);
        painter.Dispose();
    }

    /// <summary>From a known frame of the same size, for a user's terminal.</summary>
    /// <param name="from">What the terminal shows.</param>
    /// <param name="to">What it must show.</param>
    /// <param name="abilities">What the terminal can do.</param>
    /// <param name="output">Gets the bytes; nothing when the frames look the same.</param>
    public static void Write(Framebuffer from, Framebuffer to, TerminalAbilities abilities, IBufferWriter<byte> output)
    {
        FramePainter painter = new(to, abilities);
        Paint(from, to, ref painter);
        output.Write(painter.Written);
        painter.Dispose();
    }

    /// <summary>From the blank screen that a client starts with, of the new frame's size.</summary>
    /// <param name="to">What the terminal must show.</param>
    /// <param name="hostBytes">Gets the bytes.</param>
    /// <param name="abilities">What the terminal can do.</param>
    public static void WriteFromBlank(Framebuffer to, IBufferWriter<byte> hostBytes, TerminalAbilities abilities = TerminalAbilities.All)
    {
        FramePainter painter = new(to, abilities);
        PaintFromBlank(to, ref painter);
        hostBytes.Write(painter.Written);
        painter.Dispose();
    }

    /// <summary>From anything, of the new frame's size: a full reset, then everything.</summary>
    /// <param name="to">What the terminal must show.</param>
    /// <param name="hostBytes">Gets the bytes.</param>
    /// <param name="abilities">What the terminal can do.</param>
    public static void WriteUnknownBase(Framebuffer to, IBufferWriter<byte> hostBytes, TerminalAbilities abilities = TerminalAbilities.All)
    {
        FramePainter painter = new(to, abilities);
        PaintUnknownBase(to, ref painter);
        hostBytes.Write(painter.Written);
        painter.Dispose();
    }

    internal static void Paint(Framebuffer from, Framebuffer to, ref FramePainter painter)
    {
        if (ReferenceEquals(from.Memory, to.Memory) && from.Version == to.Version)
            return;

        bool resized = from.Columns != to.Columns || from.Rows != to.Rows;
        if (resized)
            painter.Lose(painter.PenOf(from));
        else
            painter.Begin(from.CursorRow, from.CursorColumn, painter.PenOf(from));
        PaintTexts(from.State, from.Title, from.IconName, from.Clipboard, to, ref painter);

        Span<int> sources = stackalloc int[to.Rows];
        Span<Color> fillings = stackalloc Color[to.Rows];
        if (resized)
        {
            // What is left of the old content is cleared rather than compared.
            painter.Clear(default);
            BaseRows blank = new(null, to.Columns, painter.IsFull, sources, fillings);
            PaintRows(ref blank, to, ref painter);
            blank.Dispose();
        }
        else
        {
            PaintScreen(from, to, sources, fillings, ref painter);
        }

        PaintEnd(from.State, to, ref painter);
    }

    internal static void PaintFromBlank(Framebuffer to, ref FramePainter painter)
    {
        painter.Begin(0, 0, default);
        PaintFromInitial(to, ref painter);
    }

    internal static void PaintUnknownBase(Framebuffer to, ref FramePainter painter)
    {
        // RIS alone resets all that is known; the rest is for what it might leave.
        painter.Raw("\ec\e[r\e[0m\e[?5l\e[?25h\e[?2004l\e[?1003l\e[?1002l\e[?1001l\e[?1000l\e[?1004l\e[?1015l\e[?1006l\e[?1005l\e[H\e[2J"u8);

        // RIS leaves the icon name.
        painter.Raw("\e]1;\a"u8);
        painter.Begin(0, 0, default);
        PaintFromInitial(to, ref painter);
    }

    private static void PaintFromInitial(Framebuffer to, ref FramePainter painter)
    {
        FrameState initial = FrameState.Initial;
        PaintTexts(initial, default, default, default, to, ref painter);
        Span<int> sources = stackalloc int[to.Rows];
        Span<Color> fillings = stackalloc Color[to.Rows];
        BaseRows blank = new(null, to.Columns, painter.IsFull, sources, fillings);
        PaintRows(ref blank, to, ref painter);
        blank.Dispose();
        PaintEnd(initial, to, ref painter);
    }

    /// <summary>Bell, titles, clipboard, reverse video.</summary>
    private static void PaintTexts(
        FrameState from, scoped ReadOnlySpan<byte> title, scoped ReadOnlySpan<byte> icon, scoped ReadOnlySpan<byte> clipboard, Framebuffer to, ref FramePainter painter)
    {
        if (from.Bells != to.State.Bells)
            painter.Raw((byte)'\a');

        bool titleDiffers = !title.SequenceEqual(to.Title);
        bool iconDiffers = !icon.SequenceEqual(to.IconName);
        if (titleDiffers && iconDiffers && to.Title.SequenceEqual(to.IconName))
        {
            PaintCommand("0;"u8, to.Title, ref painter);
        }
        else
        {
            if (iconDiffers)
                PaintCommand("1;"u8, to.IconName, ref painter);
            if (titleDiffers)
                PaintCommand("2;"u8, to.Title, ref painter);
        }

        if (painter.HasClipboard && !clipboard.SequenceEqual(to.Clipboard))
            PaintCommand("52;c;"u8, to.Clipboard, ref painter);
        if (from.ReverseVideo != to.State.ReverseVideo)
            painter.Mode(5, to.State.ReverseVideo);
    }

    private static void PaintCommand(scoped ReadOnlySpan<byte> command, scoped ReadOnlySpan<byte> text, ref FramePainter painter)
    {
        // The parser let no control character in, so none can end the command early.
        Debug.Assert(text.IndexOfAnyInRange((byte)0, (byte)0x1f) < 0, "Texts hold no control characters.");
        painter.Raw("\e]"u8);
        painter.Raw(command);
        painter.Raw(text);
        painter.Raw((byte)'\a');
    }

    /// <summary>Cursor, rendition and modes, as the next diff will take them for granted.</summary>
    private static void PaintEnd(FrameState from, Framebuffer to, ref FramePainter painter)
    {
        FrameState state = to.State;
        painter.Rest(state.CursorRow, state.CursorColumn);
        if (from.CursorVisible != state.CursorVisible)
            painter.Mode(25, state.CursorVisible);
        painter.SetPen(painter.PenOf(to));
        if (painter.IsFull && from.CursorShape != state.CursorShape)
            painter.CursorShape(state.CursorShape);
        painter.SetLink(0);
        if (from.BracketedPaste != state.BracketedPaste)
            painter.Mode(2004, state.BracketedPaste);
        if (from.MouseReporting != state.MouseReporting)
            painter.Mode(state.MouseReporting != 0 ? state.MouseReporting : from.MouseReporting, state.MouseReporting != 0);
        if (from.FocusEvents != state.FocusEvents)
            painter.Mode(1004, state.FocusEvents);
        if (from.MouseEncoding != state.MouseEncoding)
            painter.Mode(state.MouseEncoding != 0 ? state.MouseEncoding : from.MouseEncoding, state.MouseEncoding != 0);
    }

    /// <summary>The shortest of painting what differs, moving rows first, and clearing first.</summary>
    private static void PaintScreen(Framebuffer from, Framebuffer to, scoped Span<int> sources, scoped Span<Color> fillings, ref FramePainter painter)
    {
        int changed = 0;
        for (int row = 0; row < to.Rows; row++)
        {
            if (!to.RowEquals(row, from, row, painter.IsFull))
                changed++;
        }

        if (changed == 0)
            return;

        FramePainter.Mark start = painter.Save();
        ShortestPainting shortest = default;
        int saved = 0;
        if (changed > 1 && painter.CanScroll && ReferenceEquals(from.Memory, to.Memory))
        {
            BaseRows moved = new(from, to.Columns, painter.IsFull, sources, fillings);
            Span<ScrollStep> steps = stackalloc ScrollStep[MaxScrollSteps];
            int count = ScrollFinder.Find(from, to, ref moved, steps, out saved);
            if (count > 0 && CanFill(steps[..count], ref painter))
            {
                foreach (ScrollStep step in steps[..count])
                    PaintScroll(step, to.Rows, ref painter);
                PaintRows(ref moved, to, ref painter);
                shortest.Offer(start, to, ref painter);
            }

            else
            {
                saved = 0;
            }

            moved.Dispose();
        }

        if (saved < ClearGain)
        {
            BaseRows rows = new(from, to.Columns, painter.IsFull, sources, fillings);
            PaintRows(ref rows, to, ref painter);
            rows.Dispose();
            shortest.Offer(start, to, ref painter);
        }

        if (changed * 3 > to.Rows)
        {
            Color background = Framebuffer.Look(to.Row(to.Rows - 1)[^1], isLast: true).BackgroundColor;
            if (!painter.CanEraseTo(background))
                background = default;
            painter.Clear(background);
            BaseRows rows = new(null, to.Columns, painter.IsFull, sources, fillings);
            rows.Fill(0, to.Rows, background);
            PaintRows(ref rows, to, ref painter);
            rows.Dispose();
            shortest.Offer(start, to, ref painter);
        }

        shortest.WriteTo(ref painter);
    }

    private static bool CanFill(ReadOnlySpan<ScrollStep> steps, ref FramePainter painter)
    {
        foreach (ScrollStep step in steps)
        {
            if (!painter.CanEraseTo(step.Filling))
                return false;
        }

        return true;
    }

    private static void PaintScroll(ScrollStep step, int rows, ref FramePainter painter)
    {
        // Longer runs of LF are no shorter than SU.
        const int LongestRunOfLineFeeds = 4;
        painter.SetBackground(step.Filling);
        int count = Math.Abs(step.Count);
        if (step.Bottom == rows - 1 && step.Top == 0 && step.Count > 0)
        {
            if (painter.IsInRow(rows - 1) && count <= LongestRunOfLineFeeds)
                painter.LineFeedAtBottom(count);
            else
                painter.Sequence(count, (byte)'S'); // SU
        }
        else if (step.Bottom == rows - 1)
        {
            painter.MoveTo(step.Top, 0);
            painter.Sequence(count, step.Count > 0 ? (byte)'M' : (byte)'L'); // DL, IL
            painter.At(step.Top, 0);
        }
        else
        {
            // DECSTBM
            painter.Raw("\e["u8);
            if (step.Top > 0)
                painter.Number(step.Top + 1);
            painter.Raw((byte)';');
            painter.Number(step.Bottom + 1);
            painter.Raw((byte)'r');
            painter.Sequence(count, step.Count > 0 ? (byte)'S' : (byte)'T'); // SU, SD
            painter.Raw("\e[r"u8);
            painter.At(0, 0);
        }
    }

    private static void PaintRows(scoped ref BaseRows rows, Framebuffer to, ref FramePainter painter)
    {
        int end = PaintBlankEnd(ref rows, to, ref painter);
        Span<bool> needs = stackalloc bool[to.Columns];
        bool hasFirst = false;
        for (int row = 0; row < end; row++)
        {
            if (hasFirst || !rows.Shows(row, to))
                hasFirst = PaintRow(row, hasFirst, ref rows, to, needs, ref painter);
        }
    }

    /// <summary>Blanks the rows at the end that are blank, by one sequence if several are not yet; returns the first of them that is done.</summary>
    private static int PaintBlankEnd(scoped ref BaseRows rows, Framebuffer to, ref FramePainter painter)
    {
        Color background = Framebuffer.Look(to.Row(to.Rows - 1)[^1], isLast: true).BackgroundColor;
        int first = to.Rows;
        int changed = 0;
        int firstChanged = first;
        int blankSlot = -1;
        while (first > 0)
        {
            // Blank rows are mostly one row that many places show.
            int slot = to.Slot(first - 1);
            if (slot != blankSlot && !IsBlank(to.Row(first - 1), background, painter.IsFull))
                break;
            blankSlot = slot;
            first--;
            if (!rows.Shows(first, to))
            {
                changed++;
                firstChanged = first;
            }
        }

        if (changed < 2 || !painter.CanEraseTo(background))
            return to.Rows;

        painter.SetBackground(background);
        painter.MoveTo(firstChanged, 0);
        painter.Raw("\e[J"u8); // ED
        rows.Fill(firstChanged, to.Rows - firstChanged, background);
        return to.Rows;
    }

    private static bool IsBlank(ReadOnlySpan<Cell> row, Color background, bool isFull)
    {
        Cell blank = Cell.Blank(background);

        // All cells are as the first one: the usual case, and compared many at a time.
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(row);
        if (row[0].Equals(blank) && bytes[Unsafe.SizeOf<Cell>()..].SequenceEqual(bytes[..^Unsafe.SizeOf<Cell>()]))
            return true;

        for (int column = 0; column < row.Length; column++)
        {
            if (row[column].Wraps || !Framebuffer.Look(row[column], column == row.Length - 1, isFull).Equals(blank))
                return false;
        }

        return true;
    }

    /// <summary>Paints what differs in one row. True when the first character of the next row had to be printed with it.</summary>
    private static bool PaintRow(int row, bool hasFirst, scoped ref BaseRows rows, Framebuffer to, scoped Span<bool> needs, ref FramePainter painter)
    {
        ReadOnlySpan<Cell> cells = to.Row(row);
        int lastLead = FindNeeds(row, ref rows, to, needs, painter.IsFull);
        bool wraps = cells[^1].Wraps && row < to.Rows - 1;
        if (wraps != rows.Wraps(row))
            needs[lastLead] = true;
        if (hasFirst)
            needs[0] = false;

        // Visible blanks of one background up to the end. Erasing a whole tail would erase that the row goes on.
        int tail = cells.Length;
        Color tailColor = Framebuffer.Look(cells[^1], isLast: true).BackgroundColor;
        if (lastLead == cells.Length - 1 && !wraps && painter.CanEraseTo(tailColor))
        {
            while (tail > 0 && Framebuffer.Look(cells[tail - 1], tail == cells.Length, painter.IsFull).Equals(Cell.Blank(tailColor)) && !IsHidden(cells, tail - 1))
                tail--;
        }

        bool endsWrapping = wraps && needs[lastLead];
        int end = Math.Min(tail, endsWrapping ? lastLead : cells.Length);
        for (int column = 0; column < end; column++)
        {
            if (!needs[column])
                continue;

            Cell cell = Framebuffer.Look(cells[column], column == cells.Length - 1, painter.IsFull);
            painter.MoveOver(row, column);
            if (cell.IsBlank)
            {
                int run = BlankRun(cells, needs, column, end, painter.IsFull);
                painter.Blank(row, column, run, cell.BackgroundColor);
                column += run - 1;
            }
            else
            {
                painter.Print(row, column, rows.FrameOf(row) is not null);
            }
        }

        int tailNeeds = tail < cells.Length ? needs[tail..].IndexOf(true) : -1;
        if (tailNeeds >= 0)
        {
            // Blanks that are there already may be blanked again where the cursor happens to be.
            int column = painter.IsInTail(row, tail, tail + tailNeeds) ? painter.Column : tail + tailNeeds;
            painter.SetBackground(tailColor);
            painter.MoveTo(row, column);
            painter.Raw("\e[K"u8); // EL
        }

        if (!endsWrapping)
            return false;

        // Printing on without a movement between tells the other end that the rows belong together.
        painter.MoveTo(row, lastLead);
        painter.Print(row, lastLead, mayHoldText: false);
        if (!painter.IsPendingWrapIn(row))
            return false;
        painter.Print(row + 1, 0, mayHoldText: false);
        painter.WrappedTo(row + 1, Framebuffer.HidesNext(to.Row(row + 1), 0) ? 2 : 1);
        return true;
    }

    /// <summary>Which visible columns differ from what is there; returns the last visible one.</summary>
    private static int FindNeeds(int row, scoped ref BaseRows rows, Framebuffer to, scoped Span<bool> needs, bool isFull)
    {
        ReadOnlySpan<Cell> cells = to.Row(row);
        ReadOnlySpan<Cell> there = rows[row];
        Framebuffer frame = rows.FrameOf(row) ?? to;
        bool hidden = false;
        bool thereHidden = false;
        int lastLead = 0;
        for (int column = 0; column < cells.Length; column++)
        {
            if (hidden)
            {
                needs[column] = false;
            }
            else
            {
                // What the other end has in a cell that it does not show is not known.
                needs[column] = thereHidden || !to.LooksEqual(cells, frame, there, column, isFull);
                lastLead = column;
            }

            hidden = !hidden && Framebuffer.HidesNext(cells, column);
            thereHidden = !thereHidden && Framebuffer.HidesNext(there, column);
        }

        return lastLead;
    }

    private static bool IsHidden(ReadOnlySpan<Cell> cells, int column) => !Framebuffer.IsLead(cells, column);

    /// <summary>How many cells from here are blanks of one background, up to the last of them that must be written.</summary>
    private static int BlankRun(ReadOnlySpan<Cell> cells, ReadOnlySpan<bool> needs, int column, int end, bool isFull)
    {
        Cell blank = Framebuffer.Look(cells[column], column == cells.Length - 1, isFull);
        int run = 1;
        for (int at = column + 1; at < end; at++)
        {
            if (!Framebuffer.Look(cells[at], at == cells.Length - 1, isFull).Equals(blank))
                break;
            if (needs[at])
                run = at - column + 1;
        }

        return run;
    }
}
