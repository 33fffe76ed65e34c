using System.Globalization;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.States;

/// <summary>A terminal's past, as it is drawn for one client: kept rows, the screen's own below them as far as there is room, and a line that says so.</summary>
internal static class ScrolledView
{
    /// <summary>Rows of the client's window that the line takes.</summary>
    internal const int NoteRows = 1;

    // The widest window's note, and room for two numbers.
    private const int LongestNote = 128;

    /// <summary>Draws on a frame that nobody else writes to. Nothing is allocated, and only what differs is written.</summary>
    /// <param name="frame">Of the terminal's session.</param>
    /// <param name="terminal">Its scrollback and what clients may see of its screen.</param>
    /// <param name="top">The number of the first row, as <see cref="Scrollback.Added"/> counts: at least the oldest one that is kept.</param>
    /// <param name="columns">The window's.</param>
    /// <param name="rows">The window's; more than <see cref="NoteRows"/>.</param>
    internal static void DrawOn(Framebuffer frame, Emulator terminal, ulong top, int columns, int rows)
    {
        Framebuffer shown = terminal.Shown;
        Scrollback kept = terminal.Scrollback;
        frame.BeginView(shown, columns, rows);
        ScrollbackReader reader = kept.Read();
        ulong next = kept.Added; // Whom the reader reads next is the one before.
        int last = rows - NoteRows - 1;
        for (int row = last; row >= 0; row--)
        {
            ulong number = top + (ulong)row;
            if (number >= terminal.ShownFrom)
            {
                frame.CopyClippedRow(row, shown, (int)Math.Min(number - terminal.ShownFrom, int.MaxValue));
                if (row == last && frame.Row(row)[^1].Wraps)
                    frame.WritableRow(row)[^1].CellFlags &= ~CellFlags.Wrap;
                continue;
            }

            for (; next > number; next--)
                _ = reader.TryReadOlder();
            ScrollbackPainter.Paint(frame, row, ref reader, goesOn: row != last);
        }

        DrawNote(frame, rows - NoteRows, terminal.ShownFrom - top, (ulong)kept.Count - (kept.Added - terminal.ShownFrom));
        frame.TakeState(shown);
        frame.State.CursorVisible = false;
        (frame.State.CursorRow, frame.State.CursorColumn) = (rows - 1, 0);
    }

    private static void DrawNote(Framebuffer frame, int row, ulong back, ulong kept)
    {
        Span<char> note = stackalloc char[LongestNote];
        int length = 0;
        Append(note, ref length, " scrolled back ");
        Append(note, ref length, back);
        Append(note, ref length, back == 1 ? " line of " : " lines of ");
        Append(note, ref length, kept);
        Append(note, ref length, "; Shift+PageUp, Shift+PageDown; any other key: back to the present");
        Rendition reverse = new(default, default, CellFlags.Inverse);
        ReadOnlySpan<Cell> present = frame.Row(row);
        Span<Cell> writable = default;
        for (int column = 0; column < present.Length; column++)
        {
            Cell cell = new(column < length ? note[column] : ' ', reverse);
            if (present[column] == cell)
                continue;
            if (writable.IsEmpty)
                present = writable = frame.WritableRow(row);
            writable[column] = cell;
        }
    }

    private static void Append(Span<char> note, ref int length, string text)
    {
        text.CopyTo(note[length..]);
        length += text.Length;
    }

    private static void Append(Span<char> note, ref int length, ulong number)
    {
        _ = number.TryFormat(note[length..], out int digits, default, CultureInfo.InvariantCulture);
        length += digits;
    }
}
