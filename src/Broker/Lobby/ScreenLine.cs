using System.Text;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Lobby;

/// <summary>Text for one line of a screen: as wide as it may be, and harmless whatever it is made of.</summary>
internal static class ScreenLine
{
    private const int Replacement = 0xfffd;
    private const int Ellipsis = 0x2026;

    /// <summary>True for a character that can stand in a line: it takes room, and changes nothing but its own place.</summary>
    public static bool IsHarmless(Rune rune) => CharacterWidth.Of(rune.Value) > 0 && Rune.GetUnicodeCategory(rune) is not
        (System.Globalization.UnicodeCategory.Control or System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator
        or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.PrivateUse or System.Globalization.UnicodeCategory.OtherNotAssigned);

    public static int WidthOf(string text)
    {
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes()) { width += WidthOf(rune); }
        return width;
    }

    /// <summary>The text with nothing in it that could do harm.</summary>
    public static string Harmless(string text)
    {
        StringBuilder line = new();
        Append(line, text, int.MaxValue);
        return line.ToString();
    }

    /// <summary>Appends as much as fits, with an ellipsis where it is cut; what is not harmless shows as U+FFFD. Returns the columns used.</summary>
    public static int Append(StringBuilder line, string text, int columns)
    {
        bool isCut = WidthOf(text) > columns;
        int room = isCut ? columns - 1 : columns;
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            int width = WidthOf(rune);
            if (used + width > room) { break; }
            line.Append(IsHarmless(rune) ? rune : new Rune(Replacement));
            used += width;
        }

        if (!isCut || columns < 1) { return used; }
        line.Append(new Rune(Ellipsis));
        return used + 1;
    }

    /// <summary>Breaks a text into lines at its blanks; the last one is cut if there are to be more than so many.</summary>
    public static List<string> Wrap(string text, int columns, int most)
    {
        List<string> lines = [];
        StringBuilder line = new();
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            if (line.Length > 0 && WidthOf(line.ToString()) + 1 + WidthOf(words[i]) > columns)
            {
                if (lines.Count == most - 1)
                {
                    line.Append(' ').AppendJoin(' ', words.Skip(i));
                    break;
                }

                lines.Add(line.ToString());
                line.Clear();
            }

            if (line.Length > 0) { line.Append(' '); }
            line.Append(words[i]);
        }

        if (line.Length > 0) { lines.Add(line.ToString()); }
        return lines;
    }

    private static int WidthOf(Rune rune) => IsHarmless(rune) ? CharacterWidth.Of(rune.Value) : 1;
}
