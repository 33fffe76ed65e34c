using System.Globalization;
using MoshBroker.Lobby;
using Xunit;

namespace MoshBroker.Broker.Tests.Lobby;

/// <summary>The menu: what it shows, and what keys do in it.</summary>
public sealed class MenuTests
{
    private static readonly MenuItem[] Few =
    [
        MenuStage.Session("3f2a91bc", "web-1"),
        MenuStage.Target("db-1"),
        MenuStage.Target("web-1"),
        MenuStage.Closed("night", "night is open to you at other times: mon-fri 18:00-06:00 UTC"),
    ];

    [Fact]
    public void It_shows_sessions_targets_and_what_is_closed_and_why()
    {
        MenuStage stage = new(items: Few);
        Assert.Equal(
            """
            Where to?                                                               ann@acme

            >                                                                            1/4

            Your sessions
              web-1  3f2a91bc  2 h old, attached

            Targets
              db-1
              web-1

            Not open to you now
              night  night is open to you at other times: mon-fri 18:00-06:00 UTC
            """,
            stage.Text.TrimEnd('\n')[..stage.Text.LastIndexOf("\n\n", StringComparison.Ordinal)].TrimEnd('\n'));
        Assert.Equal("↑↓ choose · Enter attach · type to filter · Esc leave", stage.Rows[^1]);
        Assert.Equal((2, 2), (stage.Frame.CursorRow, stage.Frame.CursorColumn));
    }

    [Theory]
    [InlineData("\e[B", "db-1")]
    [InlineData("\eOB", "db-1")]
    [InlineData("\e[B\e[B\e[A", "db-1")]
    [InlineData("\e[F", "night")]
    [InlineData("\e[4~\e[H", "web-1  3f2a91bc")]
    [InlineData("\e[6~", "night")]
    [InlineData("\e[6~\e[5~", "web-1  3f2a91bc")]
    [InlineData("\e[A", "web-1  3f2a91bc")]
    [InlineData("\t\t\e[Z", "db-1")]
    public void Keys_move_the_selection_and_stop_at_the_ends(string keys, string row)
    {
        MenuStage stage = new(items: Few);
        Assert.Equal(MenuOutcome.Stay, stage.Type(keys));
        Assert.StartsWith(row, stage.SelectedRow.Trim(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\r", nameof(MenuOutcome.Choose))]
    [InlineData("\eOM", nameof(MenuOutcome.Choose))]
    [InlineData("q", nameof(MenuOutcome.Leave))]
    [InlineData("\e", nameof(MenuOutcome.Leave))]
    [InlineData("\u0003", nameof(MenuOutcome.Leave))]
    [InlineData("w\u0003", nameof(MenuOutcome.Leave))]
    [InlineData("w\e", nameof(MenuOutcome.Stay))]
    [InlineData("w\e\e", nameof(MenuOutcome.Leave))]
    [InlineData("wq", nameof(MenuOutcome.Stay))]
    [InlineData("/q", nameof(MenuOutcome.Stay))]
    [InlineData("/\u007fq", nameof(MenuOutcome.Leave))]
    [InlineData("\e[200~x\e[1;5C\ex", nameof(MenuOutcome.Stay))]
    public void A_key_chooses_leaves_or_stays(string keys, string outcome) => Assert.Equal(outcome, new MenuStage(items: Few).Type(keys).ToString());

    [Fact]
    public void Letters_filter_by_name_and_id_and_backspace_takes_them_back()
    {
        MenuStage stage = new(items: Few);
        stage.Type("WEB");
        Assert.Equal(2, stage.Menu.Shown.Count);
        Assert.StartsWith("> WEB", stage.Rows[2], StringComparison.Ordinal);
        Assert.Equal((2, 5), (stage.Frame.CursorRow, stage.Frame.CursorColumn));
        stage.Type("\b\b\b3f2");
        Assert.Equal("3f2a91bc", Assert.Single(stage.Menu.Shown).Id);
        stage.Type("zz");
        Assert.Contains("Nothing has that in its name.", stage.Text, StringComparison.Ordinal);
        Assert.Equal(MenuOutcome.Stay, stage.Type("\r"));
        stage.Type("\u0015");
        Assert.Equal(4, stage.Menu.Shown.Count);
    }

    [Fact]
    public void What_is_closed_says_why_and_is_not_chosen()
    {
        MenuStage stage = new(50, 20, Few);
        Assert.Equal(MenuOutcome.Stay, stage.Type("\e[F\r"));
        Assert.Equal("night is open to you at other times: mon-fri", stage.Rows[^3]);
        Assert.Equal("18:00-06:00 UTC", stage.Rows[^2]);
    }

    [Fact]
    public void The_selection_stays_on_its_item_when_others_come_and_go()
    {
        MenuStage stage = new(items: Few);
        stage.Type("\e[B\e[B");
        stage.Menu.Offer([MenuStage.Session("11111111", "db-1"), .. Few]);
        Assert.Equal((MenuItemKind.Target, "web-1"), (stage.Menu.Selected!.Kind, stage.Menu.Selected.Id));
        stage.Menu.Offer([MenuStage.Target("db-1")]);
        Assert.Equal("db-1", stage.Menu.Selected!.Id);
        stage.Menu.Offer([]);
        stage.Draw();
        Assert.Null(stage.Menu.Selected);
        Assert.Contains("No target is open to you from here now.", stage.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hundreds_of_targets_scroll_and_the_selected_one_is_always_there()
    {
        MenuStage stage = new(80, 24, [.. Enumerable.Range(0, 500).Select(i => MenuStage.Target(string.Create(CultureInfo.InvariantCulture, $"target-{i:000}")))]);
        foreach ((string keys, string name) in new[] { ("\e[F", "target-499"), ("\e[5~", "target-482"), ("\e[H", "target-000"), ("\e[6~\e[6~", "target-034"), ("\e[A", "target-033") })
        {
            stage.Type(keys);
            Assert.Equal(name, stage.SelectedRow.Trim());
        }

        stage.Type("\e[H");
        Assert.Contains("\nTargets\n", stage.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_size_from_one_cell_on_shows_the_selected_item()
    {
        MenuStage stage = new(items: Few);
        stage.Menu.Say("db-1: it refuses the connection");
        for (int rows = 1; rows <= 30; rows++)
        {
            for (int columns = 1; columns <= 90; columns++)
            {
                stage.Resize(columns, rows);
                Assert.True(stage.Frame.Columns == columns && stage.SelectedRow.Length > 0 || columns <= 2, $"{columns}x{rows}");
            }
        }

        stage.Resize(1, 1);
        Assert.Equal(MenuOutcome.Choose, stage.Type("\r"));
    }

    [Fact]
    public void Names_cannot_draw_on_the_screen_or_shift_it()
    {
        MenuStage stage = new(40, 12, MenuStage.Target("a\e[2J\rb\u202ec"), MenuStage.Target("東京"), MenuStage.Target("ü"));
        Assert.Contains("a\ufffd[2J\ufffdb\ufffdc", stage.Text, StringComparison.Ordinal);
        Assert.Contains("東京", stage.Text, StringComparison.Ordinal);
        stage.Type("東");
        Assert.Equal("東京", Assert.Single(stage.Menu.Shown).Id);
        Assert.Equal(4, stage.Frame.CursorColumn);
        stage.Type("\u007f\ud83d\ude00\u007f");
        Assert.Equal("", stage.Menu.Filter);
    }

    [Fact]
    public void Keys_in_pieces_are_the_same_keys_and_broken_ones_are_none()
    {
        MenuKeyReader reader = new();
        List<MenuKey> keys = [];
        foreach (byte next in new byte[] { 0x1b, (byte)'[', (byte)'6', (byte)'~', 0xc3, 0xbc, 0xe6, 0x9d, (byte)'a', 0xff, 0x1b, 0x1b, (byte)'O', (byte)'A' })
        {
            if (reader.TryRead(next, out MenuKey key)) { keys.Add(key); }
        }

        Assert.Equal(
            [new(MenuKeyKind.PageDown), new(MenuKeyKind.Letter, new('ü')), new(MenuKeyKind.Letter, new('a')), new(MenuKeyKind.Escape), new(MenuKeyKind.Up)],
            keys);
        Assert.False(reader.IsInDoubt);
    }

    [Fact]
    public void A_filter_has_an_end_and_shows_its_end()
    {
        MenuStage stage = new(30, 10, MenuStage.Target("x"));
        stage.Type(new string('a', 100));
        Assert.Equal(64, stage.Menu.Filter.Length);
        Assert.True(stage.Frame.CursorColumn < 30);
    }
}
