using System.Text;

namespace MoshBroker.Lobby;

/// <summary>Where to go: sessions and targets, one of which is selected, and the letters by which they are filtered. Keys in; <see cref="MenuScreen"/> draws it.</summary>
internal sealed class Menu(string title)
{
    private const int LongestFilter = 64; // Letters; a target's name has at most 63.

    private readonly StringBuilder _filter = new();
    private IReadOnlyList<MenuItem> _items = [];
    private List<MenuItem> _shown = [];

    /// <summary>Who chooses.</summary>
    public string Title { get; } = title;

    /// <summary>False until it is known what there is.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>The letters typed.</summary>
    public string Filter => _filter.ToString();

    /// <summary>A slash was typed first: every letter filters, q too.</summary>
    public bool IsFiltering { get; private set; }

    /// <summary>The items that have the letters in their names.</summary>
    public IReadOnlyList<MenuItem> Shown => _shown;

    /// <summary>The place of the selected one in <see cref="Shown"/>; 0 when there is none.</summary>
    public int Index { get; private set; }

    public MenuItem? Selected => Index < _shown.Count ? _shown[Index] : null;

    /// <summary>What is to be said besides; null for nothing.</summary>
    public string? Message { get; private set; }

    /// <summary>How far PageUp and PageDown go; the screen's to say.</summary>
    public int Page { get; set; } = 10;

    /// <summary>This is what there is now; what was selected stays so if it is still there.</summary>
    public void Offer(IReadOnlyList<MenuItem> items)
    {
        IsKnown = true;
        _items = [.. items.OrderBy(item => item.Kind)];
        Narrow();
    }

    public void Say(string? line) => Message = line;

    public MenuOutcome OnKey(MenuKey key)
    {
        Message = null;
        switch (key.Kind)
        {
            case MenuKeyKind.Up: Move(-1); break;
            case MenuKeyKind.Down: Move(1); break;
            case MenuKeyKind.PageUp: Move(-Page); break;
            case MenuKeyKind.PageDown: Move(Page); break;
            case MenuKeyKind.Home: Move(-_shown.Count); break;
            case MenuKeyKind.End: Move(_shown.Count); break;
            case MenuKeyKind.Backspace: Erase(); break;
            case MenuKeyKind.Clear: Clear(); break;
            case MenuKeyKind.Cancel: return MenuOutcome.Leave;
            case MenuKeyKind.Escape when _filter.Length == 0 && !IsFiltering: return MenuOutcome.Leave;
            case MenuKeyKind.Escape: Clear(); break;
            case MenuKeyKind.Enter: return Enter();
            case MenuKeyKind.Letter: return Type(key.Letter);
        }

        return MenuOutcome.Stay;
    }

    private MenuOutcome Enter()
    {
        if (Selected is not { } item) { return MenuOutcome.Stay; }
        if (item.Kind != MenuItemKind.Closed) { return MenuOutcome.Choose; }
        Message = item.Note;
        return MenuOutcome.Stay;
    }

    private MenuOutcome Type(Rune letter)
    {
        if (_filter.Length == 0 && !IsFiltering)
        {
            if (letter.Value is 'q' or 'Q') { return MenuOutcome.Leave; }
            if (letter.Value == ' ') { return MenuOutcome.Stay; }
            IsFiltering = letter.Value == '/';
            if (IsFiltering) { return MenuOutcome.Stay; }
        }

        if (!ScreenLine.IsHarmless(letter) || _filter.Length >= LongestFilter) { return MenuOutcome.Stay; }
        _filter.Append(letter);
        Narrow();
        return MenuOutcome.Stay;
    }

    private void Erase()
    {
        if (_filter.Length == 0)
        {
            IsFiltering = false;
            return;
        }

        bool isPair = _filter.Length > 1 && char.IsLowSurrogate(_filter[^1]);
        _filter.Length -= isPair ? 2 : 1;
        Narrow();
    }

    private void Clear()
    {
        _filter.Clear();
        IsFiltering = false;
        Narrow();
    }

    private void Move(int by) => Index = Math.Clamp(Index + by, 0, Math.Max(0, _shown.Count - 1));

    private void Narrow()
    {
        MenuItem? selected = Selected;
        string letters = _filter.ToString();
        _shown = [.. _items.Where(item => item.Name.Contains(letters, StringComparison.OrdinalIgnoreCase) || item.Id.Contains(letters, StringComparison.OrdinalIgnoreCase))];
        Index = selected is null ? 0 : Math.Max(0, _shown.FindIndex(selected.IsSame));
    }
}
