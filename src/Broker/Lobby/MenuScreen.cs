using System.Globalization;
using System.Text;

namespace MoshBroker.Lobby;

/// <summary>Draws a menu, in any size down to one cell.</summary>
/// <remarks>
/// The cursor stands where the next letter will: a client that shows letters before we do shows them there. What gets scarce first is what
/// helps least: blank lines, the title, the keys, headings; the selected item is always there.
/// </remarks>
internal sealed class MenuScreen
{
    private const int MostMessageLines = 3;
    private const int WidestName = 32;
    private const string Plain = "\e[m";
    private const string Bold = "\e[1m";
    private const string Gray = "\e[90m";
    private const string Reverse = "\e[7m";

    private readonly StringBuilder _out = new();
    private int _row;
    private int _columns;
    private int _top;

    /// <summary>The whole screen, as bytes for a terminal of that size.</summary>
    public byte[] Draw(Menu menu, int columns, int rows)
    {
        _columns = columns;
        _row = 0;
        _out.Clear().Append("\e[?7l"); // The last column stays where it is.
        List<string> message = MessageOf(menu, rows);
        bool hasTitle = rows >= 5 + message.Count;
        bool hasFilter = rows >= 2;
        bool hasKeys = rows >= 6 + message.Count;
        bool isSpacious = rows >= 12;
        if (hasTitle) { Title(menu.Title); }
        if (isSpacious) { Line(Plain, ""); }
        int filterRow = _row;
        int filterEnd = hasFilter ? FilterLine(menu) : 0;
        if (isSpacious) { Line(Plain, ""); }
        int height = rows - _row - message.Count - (hasKeys ? 1 : 0) - (isSpacious ? 1 : 0);
        int selectedRow = List(menu, height);
        while (_row < rows - message.Count - (hasKeys ? 1 : 0)) { Line(Plain, ""); }
        foreach (string line in message) { Line(Bold, line); }
        if (hasKeys) { Keys(menu); }
        int cursorRow = hasFilter ? filterRow : selectedRow;
        _out.Append(CultureInfo.InvariantCulture, $"{Plain}\e[?7h\e[{cursorRow + 1};{Math.Min(filterEnd, columns - 1) + 1}H\e[?25h");
        return Encoding.UTF8.GetBytes(_out.ToString());
    }

    private List<string> MessageOf(Menu menu, int rows)
    {
        string? text = menu.Message ?? (menu.Selected is { Kind: MenuItemKind.Closed } closed ? closed.Note : null);
        int most = Math.Min(MostMessageLines, rows - 2); // One for the selected item, and one to type in.
        return text is null || most < 1 ? [] : ScreenLine.Wrap(text, _columns, most);
    }

    private void Title(string title)
    {
        const string Question = "Where to?";
        int gap = _columns - Question.Length - ScreenLine.WidthOf(title);
        Line(Bold, gap >= 2 ? Question + new string(' ', gap) + title : Question);
    }

    /// <summary>The column where the next letter will be.</summary>
    private int FilterLine(Menu menu)
    {
        string prompt = menu.IsFiltering ? "/" : "> ";
        string place = menu.Shown.Count > 0 ? $"{menu.Index + 1}/{menu.Shown.Count}" : "";
        if (_columns < 24) { place = ""; }
        Begin(Plain);
        int used = ScreenLine.Append(_out, prompt, _columns);
        // The end of what was typed is what somebody looks at who types.
        string typed = menu.Filter;
        int room = Math.Max(0, _columns - used - place.Length - 2);
        while (ScreenLine.WidthOf(typed) > room && typed.Length > 0) { typed = typed[(char.IsHighSurrogate(typed[0]) ? 2 : 1)..]; }
        used += ScreenLine.Append(_out, typed, room);
        int end = used;
        _out.Append(' ', Math.Max(0, _columns - used - place.Length)).Append(Gray).Append(place);
        return end;
    }

    /// <summary>The row of the selected item.</summary>
    private int List(Menu menu, int height)
    {
        if (menu.Shown.Count == 0)
        {
            Line(Plain, !menu.IsKnown ? "Looking what is open to you ..." : menu.Filter.Length > 0 ? "Nothing has that in its name." : "No target is open to you from here now.");
            return _row - 1;
        }

        List<(MenuItem? Item, string Text)> lines = Lines(menu, hasHeadings: height >= 4);
        int selected = lines.FindIndex(line => line.Item == menu.Selected);
        int first = selected > 0 && lines[selected - 1].Item is null && height > 1 ? selected - 1 : selected; // Its heading, too.
        _top = Math.Clamp(_top, Math.Max(0, selected - height + 1), first);
        _top = Math.Min(_top, Math.Max(0, lines.Count - height)); // No blank lines while there is something to show.
        menu.Page = Math.Max(1, height - 1);
        int selectedRow = _row;
        for (int i = _top; i < lines.Count && i < _top + height; i++)
        {
            (MenuItem? item, string text) = lines[i];
            if (i == selected) { selectedRow = _row; }
            if (item is null) { Line(Bold, text); }
            else if (i == selected) { Line(Reverse, text, fills: true); }
            else { Line(item.Kind == MenuItemKind.Closed ? Gray : Plain, text); }
        }

        return selectedRow;
    }

    private static List<(MenuItem? Item, string Text)> Lines(Menu menu, bool hasHeadings)
    {
        List<(MenuItem? Item, string Text)> lines = [];
        MenuItemKind? kind = null;
        int widest = Math.Min(WidestName, menu.Shown.Max(item => ScreenLine.WidthOf(item.Name)));
        bool hasIds = menu.Shown.Any(item => item.Kind == MenuItemKind.Session);
        foreach (MenuItem item in menu.Shown)
        {
            if (hasHeadings && item.Kind != kind)
            {
                if (kind is not null) { lines.Add((null, "")); }
                lines.Add((null, item.Kind switch { MenuItemKind.Session => "Your sessions", MenuItemKind.Target => "Targets", _ => "Not open to you now" }));
                kind = item.Kind;
            }

            StringBuilder text = new("  ");
            int used = ScreenLine.Append(text, item.Name, widest);
            text.Append(' ', widest - used + 2);
            if (item.Kind == MenuItemKind.Session && hasIds) { text.Append(item.Id).Append("  "); }
            lines.Add((item, text.Append(item.Note).ToString().TrimEnd()));
        }

        return lines;
    }

    private void Keys(Menu menu)
    {
        string leave = menu.Filter.Length > 0 || menu.IsFiltering ? "Esc all" : "Esc leave";
        string go = menu.Selected?.Kind switch { MenuItemKind.Session => "Enter attach", MenuItemKind.Closed => "Enter why", _ => "Enter go" };
        string full = $"↑↓ choose · {go} · type to filter · {leave}";
        Line(Gray, _columns >= full.Length ? full : $"{go} · {leave}");
    }

    private void Begin(string rendition) => _out.Append(CultureInfo.InvariantCulture, $"\e[{++_row};1H{Plain}\e[2K{rendition}");

    private void Line(string rendition, string text, bool fills = false)
    {
        Begin(rendition);
        int used = ScreenLine.Append(_out, text, _columns);
        if (fills) { _out.Append(' ', _columns - used); }
    }
}
