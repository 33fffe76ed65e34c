using System.Globalization;
using System.Text;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>A screen in the notation of the vectors.</summary>
public static class ScreenText
{
    public static IReadOnlyList<string> Lines(Framebuffer frame) => WithoutEmptyEnd(Enumerable.Range(0, frame.Rows).Select(frame.RowText));

    public static IReadOnlyList<string> Styled(Framebuffer frame) => WithoutEmptyEnd(Enumerable.Range(0, frame.Rows).Select(row => StyledRow(frame, row)));

    public static IReadOnlyList<int> Modes(Framebuffer frame)
    {
        List<int> modes = [];
        if (frame.ReverseVideo)
            modes.Add(5);
        if (frame.MouseReporting != 0)
            modes.Add(frame.MouseReporting);
        if (frame.FocusEvents)
            modes.Add(1004);
        if (frame.MouseEncoding != 0)
            modes.Add(frame.MouseEncoding);
        if (frame.BracketedPaste)
            modes.Add(2004);
        modes.Sort();
        return modes;
    }

    /// <summary>Everything that a client is told of, as one text: two frames are the same to it when these are.</summary>
    public static string Describe(Framebuffer frame) => Describe(frame, isFull: false);

    /// <param name="isFull">With what only a client of ours is told.</param>
    public static string Describe(Framebuffer frame, bool isFull)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{frame.Columns}x{frame.Rows} cursor {frame.CursorColumn},{frame.CursorRow} visible {frame.CursorVisible}\n");
        text.Append(CultureInfo.InvariantCulture, $"modes {string.Join(',', Modes(frame))} pen {StyleOf(frame.Rendition)}\n");
        text.Append(CultureInfo.InvariantCulture, $"title {Encoding.UTF8.GetString(frame.Title)} icon {Encoding.UTF8.GetString(frame.IconName)}\n");
        text.Append(CultureInfo.InvariantCulture, $"clipboard {Encoding.UTF8.GetString(frame.Clipboard)}\n");
        if (isFull)
            text.Append(CultureInfo.InvariantCulture, $"shape {frame.CursorShape} pen {frame.State.Rendition.Attributes}\n");
        for (int row = 0; row < frame.Rows; row++)
        {
            if (isFull)
                DescribeHidden(frame, row, text);
            foreach (CellView cell in Cells(frame, row))
                text.Append(CultureInfo.InvariantCulture, $"[{cell.Text}{(cell.Rendition.IsPlain ? "" : StyleOf(cell.Rendition))}]");
            text.Append(row < frame.Rows - 1 && frame.Row(row)[^1].Wraps && CanTellWrap(frame, row) ? "~\n" : "\n");
        }

        return text.ToString();
    }

    /// <summary>
    /// Whether a row goes on is told by printing over its end, which takes a last character whose width nobody disputes, and a row that has more than
    /// this character. Only what a user copies depends on it.
    /// </summary>
    private static bool CanTellWrap(Framebuffer frame, int row)
    {
        string last = Cells(frame, row).Last().Text;
        return !last.EnumerateRunes().Any(rune => CharacterWidth.IsDisputed(rune.Value)) && Cells(frame, row).Count() > 1;
    }

    private static void DescribeHidden(Framebuffer frame, int row, StringBuilder text)
    {
        ReadOnlySpan<Cell> line = frame.Row(row);
        for (int column = 0; column < line.Length; column++)
        {
            // Half a character in the last column is left blank, and what a wide one hides is not known.
            Cell cell = line[column];
            if (cell.IsWide && column == line.Length - 1)
                continue;
            if ((cell.CellFlags & CellFlags.HiddenAttributes) != 0)
                text.Append(CultureInfo.InvariantCulture, $"{column}:{cell.CellFlags & CellFlags.HiddenAttributes} ");
            if (cell.Link != 0)
                text.Append(CultureInfo.InvariantCulture, $"{column}→{Encoding.UTF8.GetString(frame.Memory.Links[cell.Link])} ");
            if (cell.IsWide)
                column++;
        }
    }

    public static IEnumerable<CellView> Cells(Framebuffer frame, int row)
    {
        List<CellView> cells = [];
        Span<byte> utf8 = stackalloc byte[64];
        ReadOnlySpan<Cell> line = frame.Row(row);
        for (int column = 0; column < line.Length; column++)
        {
            Cell cell = line[column];
            string text = Encoding.UTF8.GetString(utf8[..frame.CopyText(cell, utf8)]);
            if (cell.IsFallback)
                text = "\u00a0" + text;
            Rendition rendition = cell.Rendition;

            // Half a character in the last column can't be brought to a client: it is left blank there.
            if (cell.IsWide && column == line.Length - 1)
                (text, rendition) = ("", new Rendition(default, rendition.Background, CellFlags.None));
            cells.Add(Normal(text, rendition));
            if (cell.IsWide)
                column++;
        }

        return cells;
    }

    /// <summary>A plain space counts as a blank: a diff may write one for the other.</summary>
    private static CellView Normal(string text, Rendition rendition) =>
        new(text is " " && rendition.Attributes == CellFlags.None && rendition.Foreground.IsDefault ? "" : text, rendition);

    public sealed record CellView(string Text, Rendition Rendition);

    private static string StyledRow(Framebuffer frame, int row)
    {
        List<CellView> cells = [.. Cells(frame, row)];
        int end = cells.Count;
        while (end > 0 && cells[end - 1].Text is "" or " " && cells[end - 1].Rendition.IsPlain)
            end--;

        StringBuilder text = new();
        Rendition rendition = default;
        foreach (CellView cell in cells.Take(end))
        {
            if (cell.Rendition != rendition)
                text.Append(StyleOf(cell.Rendition));
            rendition = cell.Rendition;
            text.Append(cell.Text.Length == 0 ? " " : cell.Text);
        }

        return text.ToString();
    }

    private static string StyleOf(Rendition rendition)
    {
        List<string> codes = ["0"];
        AddIf(CellFlags.Bold, "1");
        AddIf(CellFlags.Italic, "3");
        AddIf(CellFlags.Underline, "4");
        AddIf(CellFlags.Blink, "5");
        AddIf(CellFlags.Inverse, "7");
        AddIf(CellFlags.Invisible, "8");
        AddColor(rendition.Foreground, 30);
        AddColor(rendition.Background, 40);
        return $"\e[{string.Join(';', codes)}m";

        void AddIf(CellFlags flag, string code)
        {
            if ((rendition.Attributes & flag) != 0)
                codes.Add(code);
        }

        void AddColor(Color color, int first)
        {
            if (color.IsRgb)
                codes.Add($"{first + 8};2;{color.Value >> 16};{(color.Value >> 8) & 255};{color.Value & 255}");
            else if (color.IsPalette)
                codes.Add(color.Value < 8 ? $"{first + color.Value}" : $"{first + 8};5;{color.Value}");
        }
    }

    public static IReadOnlyList<string> WithoutEmptyEnd(IEnumerable<string> rows)
    {
        List<string> list = [.. rows];
        while (list.Count > 0 && list[^1].Length == 0)
            list.RemoveAt(list.Count - 1);
        return list;
    }
}
