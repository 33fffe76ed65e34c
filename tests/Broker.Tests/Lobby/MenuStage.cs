using System.Text;
using MoshBroker.Lobby;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Broker.Tests.Lobby;

/// <summary>A menu on a terminal of ours, with somebody at the keys.</summary>
internal sealed class MenuStage
{
    private readonly MenuKeyReader _keys = new();
    private readonly MenuScreen _screen = new();
    private Emulator _terminal;

    public MenuStage(int columns = 80, int rows = 24, params IReadOnlyList<MenuItem> items)
    {
        _terminal = new Emulator(columns, rows);
        Menu.Offer(items);
        Draw();
    }

    public Menu Menu { get; } = new("ann@acme");

    public Framebuffer Frame => _terminal.Frame;

    /// <summary>The screen's rows, without trailing blanks.</summary>
    public IReadOnlyList<string> Rows => [.. Enumerable.Range(0, Frame.Rows).Select(row => Frame.RowText(row).TrimEnd())];

    public string Text => string.Join('\n', Rows);

    /// <summary>The row in reverse video.</summary>
    public string SelectedRow => Rows[Enumerable.Range(0, Frame.Rows).Single(row => (Frame.Row(row)[0].Rendition.Attributes & CellFlags.Inverse) != 0)];

    public static MenuItem Session(string id, string target, string note = "2 h old, attached") => new(MenuItemKind.Session, id, target, note);

    public static MenuItem Target(string name, string note = "") => new(MenuItemKind.Target, name, name, note);

    public static MenuItem Closed(string name, string why) => new(MenuItemKind.Closed, name, name, why);

    public MenuOutcome Type(string keys)
    {
        MenuOutcome outcome = MenuOutcome.Stay;
        foreach (byte next in Encoding.UTF8.GetBytes(keys))
        {
            if (outcome == MenuOutcome.Stay && _keys.TryRead(next, out MenuKey key)) { outcome = Menu.OnKey(key); }
        }

        if (outcome == MenuOutcome.Stay && _keys.TryEnd(out MenuKey last)) { outcome = Menu.OnKey(last); }
        Draw();
        return outcome;
    }

    public void Resize(int columns, int rows)
    {
        _terminal = new Emulator(columns, rows);
        Draw();
    }

    public void Draw() => _terminal.Write(_screen.Draw(Menu, Frame.Columns, Frame.Rows));
}
