using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.States;

/// <summary>What the server itself has to say to a client, laid over the program's screen, which knows nothing of it and is whole when the overlay is gone.</summary>
/// <param name="Lines">Printable ASCII, one row each; what is too long or too many is cut.</param>
/// <param name="HidesScreen">False: one line in reverse video at an edge, away from the cursor. True: the lines alone on a blank screen.</param>
public sealed record ScreenOverlay(IReadOnlyList<string> Lines, bool HidesScreen)
{
    /// <summary>Draws on a frame that nobody else writes to.</summary>
    internal void DrawOn(Framebuffer frame)
    {
        if (HidesScreen)
            DrawAlone(frame);
        else
            DrawBar(frame);
        frame.Touch();
    }

    private static void Print(Span<Cell> row, int column, string line, Rendition rendition)
    {
        for (int i = 0; i < line.Length && column + i < row.Length; i++)
        {
            uint text = char.IsAscii(line[i]) && !char.IsControl(line[i]) ? line[i] : '?';
            row[column + i] = new Cell(text, rendition);
        }
    }

    private void DrawAlone(Framebuffer frame)
    {
        frame.FillRows(0, frame.Rows, default);
        int count = Math.Min(Lines.Count, frame.Rows);
        int top = (frame.Rows - count) / 2;
        for (int i = 0; i < count; i++)
            Print(frame.WritableRow(top + i), Math.Max(0, (frame.Columns - Lines[i].Length) / 2), Lines[i], default);
        frame.State.CursorVisible = false;
        frame.State.ReverseVideo = false;
        (frame.State.CursorRow, frame.State.CursorColumn) = (0, 0);
    }

    private void DrawBar(Framebuffer frame)
    {
        int at = frame.CursorRow == 0 ? frame.Rows - 1 : 0;
        Rendition reverse = new(default, default, CellFlags.Inverse);
        Span<Cell> row = frame.WritableRow(at);
        row.Fill(new Cell(' ', reverse));
        Print(row, 1, string.Join("  ", Lines), reverse);
        if (at == 0)
            return;

        // The row above goes on in what is hidden now.
        frame.WritableRow(at - 1)[^1].CellFlags &= ~CellFlags.Wrap;
    }
}
