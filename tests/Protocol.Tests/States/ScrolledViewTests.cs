using System.Buffers;
using System.Text;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.Terminal;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.States;

public sealed class ScrolledViewTests
{
    private readonly TestTerminal _terminal = new(40, 6);
    private readonly ScreenState _screen;

    public ScrolledViewTests()
    {
        _screen = new ScreenState(_terminal.Emulator);
        _screen.Show();
    }

    [Fact]
    public void A_page_shows_the_rows_before_with_one_of_them_again_and_says_how_far_back_it_is()
    {
        Print(1, 20);
        Assert.Equal(Rows(16, 20), Lines[..5]);
        _screen.PageUp();
        Assert.Equal(Rows(12, 16), Lines[..5]);
        Assert.Equal(" scrolled back 4 lines of 15; Shift+PageU"[..40], Lines[5]);
        Assert.False(_screen.Frame.CursorVisible);
        _screen.PageUp();
        Assert.Equal(Rows(8, 12), Lines[..5]);
        _screen.PageDown();
        Assert.Equal(Rows(12, 16), Lines[..5]);
        _screen.PageDown();
        Assert.False(_screen.IsScrolledBack);
        Assert.Equal(Rows(16, 20), Lines);
        Assert.True(_screen.Frame.CursorVisible);
    }

    [Fact]
    public void The_oldest_row_is_where_it_ends()
    {
        Print(1, 20);
        for (int i = 0; i < 10; i++)
            _screen.PageUp();
        Assert.Equal(Rows(1, 5), Lines[..5]);
        Assert.StartsWith(" scrolled back 15 lines of 15;", Lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_printed_meanwhile_moves_nothing_but_the_number_in_the_note()
    {
        Print(1, 20);
        _screen.PageUp();
        Print(21, 40);
        Assert.Equal(Rows(12, 16), Lines[..5]);
        Assert.StartsWith(" scrolled back 24 lines of 35;", Lines[5], StringComparison.Ordinal);
        _screen.ShowPresent();
        Assert.Equal(Rows(36, 40), Lines);
    }

    [Fact]
    public void Rows_that_are_forgotten_meanwhile_push_the_view_on_and_when_all_are_it_is_the_present()
    {
        TestTerminal terminal = new(40, 6, scrollbackRows: 10);
        ScreenState screen = new(terminal.Emulator);
        terminal.Write(string.Concat(Rows(1, 20).Select(row => row + "\r\n")));
        for (int i = 0; i < 10; i++)
            screen.PageUp();
        Assert.Equal(Rows(6, 10), ScreenText.Lines(screen.Frame).Take(5));
        terminal.Write("row 21\r\nrow 22\r\n");
        Assert.Equal(Rows(8, 12), ScreenText.Lines(screen.Frame).Take(5));
        terminal.Write("\e[3J");
        Assert.Equal(Rows(18, 22), ScreenText.Lines(screen.Frame));
        Assert.False(screen.IsScrolledBack);
    }

    [Fact]
    public void Policy_that_takes_the_rows_away_shows_the_present()
    {
        Print(1, 20);
        _screen.PageUp();
        Assert.Equal("row 12", Lines[0]);
        _terminal.Emulator.Scrollback.Limit(0);
        Assert.Equal("row 16", Lines[0]);
        Assert.False(_screen.CanScrollBack);
    }

    [Fact]
    public void A_program_that_takes_the_whole_screen_is_shown()
    {
        Print(1, 20);
        _screen.PageUp();
        _terminal.Write("\e[?1049h\e[Hwhole screen");
        Assert.Equal(["whole screen"], Lines);
        _terminal.Write("\e[?1049l");
        Assert.Equal(Rows(16, 20), Lines);
    }

    [Fact]
    public void Each_client_has_a_view_of_its_own()
    {
        ScreenState other = new(_terminal.Emulator);
        Print(1, 20);
        _screen.PageUp();
        Assert.Equal("row 16", ScreenText.Lines(other.Frame)[0]);
        other.SetView(10, 4);
        other.PageUp();
        Assert.Equal(["row 14", "row 15", "row 16"], ScreenText.Lines(other.Frame).Take(3));
        Assert.Equal("row 12", Lines[0]);
    }

    [Fact]
    public void A_window_that_changes_its_size_keeps_the_first_row_in_sight()
    {
        Print(1, 20);
        _screen.PageUp();
        _terminal.Emulator.Resize(20, 4);
        Assert.Equal(Rows(12, 14), Lines[..3]);
        Assert.StartsWith(" scrolled back ", Lines[3], StringComparison.Ordinal);
        _terminal.Emulator.Resize(60, 9);
        Assert.Equal(Rows(12, 16), Lines[..5]);
        _screen.SetView(30, 3);
        Assert.Equal(Rows(12, 13), Lines[..2]);
    }

    [Fact]
    public void A_window_of_one_row_has_no_room_to_page_in()
    {
        TestTerminal terminal = new(20, 1);
        ScreenState screen = new(terminal.Emulator);
        terminal.Write("one\r\ntwo\r\nthree");
        screen.PageUp();
        Assert.Equal(["three"], ScreenText.Lines(screen.Frame));
        Assert.False(screen.CanScrollBack);
    }

    [Fact]
    public void Colours_wide_and_combining_characters_come_back_and_a_wide_one_that_the_edge_cuts_is_left_out()
    {
        Print(1, 1);
        _terminal.Write("\e[1;38;5;200mbold \e[0;48;2;1;2;3m中e\u0301\e[0m plain\r\n字字字\r\n\e[44mblue\e[K\e[m\r\n");
        IReadOnlyList<string> before = _terminal.Styled;
        Print(2, 20);
        for (int i = 0; i < 10; i++)
            _screen.PageUp();
        Assert.Equal(before.Take(4), ScreenText.Styled(_screen.Frame).Take(4));
        _screen.SetView(5, 6);
        Assert.Equal(["row 1", "bold", "字字", "blue"], Lines[..4]);
    }

    [Fact]
    public void While_a_program_synchronizes_its_output_no_row_is_missing_and_none_is_shown_twice()
    {
        Print(1, 20);
        _terminal.Write("\e[?2026h");
        Print(21, 24);
        _screen.PageUp();
        Assert.Equal(Rows(12, 16), Lines[..5]);
        _terminal.Write("\e[?2026l");
        Assert.Equal(Rows(12, 16), Lines[..5]);
        _screen.ShowPresent();
        Assert.Equal(Rows(20, 24), Lines);
    }

    [Fact]
    public void What_the_broker_has_to_say_stands_above_it_and_a_lock_hides_it()
    {
        Print(1, 20);
        _screen.PageUp();
        _screen.SetOverlay(new ScreenOverlay(["somebody is watching"], HidesScreen: false));
        Assert.Equal(" somebody is watching", Lines[0]);
        Assert.Equal(Rows(13, 16), Lines[1..5]);
        _screen.SetOverlay(new ScreenOverlay(["locked"], HidesScreen: true));
        Assert.Equal("locked", Assert.Single(Lines, line => line.Length > 0).Trim());
    }

    /// <summary>Whatever is printed: a terminal that is tall enough never scrolls, and shows what the other one kept.</summary>
    [Fact]
    public void Rows_that_scrolled_off_look_as_they_did_on_the_screen()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            SeededRandom random = new(seed);
            int columns = 1 + random.Next(30);
            TestTerminal terminal = new(columns, 2 + random.Next(6));
            TestTerminal tall = new(columns, 1000);
            ScreenState screen = new(terminal.Emulator);
            for (int i = 0; i < 100 && tall.Cursor.Row < 900; i++)
            {
                // Text, words of all widths, pens without a background (which a scroll fills rows with), and new lines.
                byte[] piece = random.Next(4) switch
                {
                    0 => Encoding.ASCII.GetBytes($"\e[{(random.Next(2) == 0 ? "0" : "1;3" + random.Next(8))}m"),
                    1 => "\e[m\r\n"u8.ToArray(),
                    _ => TerminalNoise.Piece((TerminalNoise.Kinds * random.Next(1000)) + random.Next(8)),
                };
                terminal.Emulator.Write(piece);
                tall.Emulator.Write(piece);
            }

            for (int top = terminal.Emulator.Scrollback.Count; top > 0;)
            {
                screen.PageUp();
                Framebuffer view = screen.Frame;
                top = Math.Max(0, top - Math.Max(1, view.Rows - 2));
                for (int row = 0; row < view.Rows - 1; row++)
                    Assert.Equal(Described(tall.Frame, top + row), Described(view, row));
            }
        }
    }

    [Fact]
    public void Paging_and_printing_while_scrolled_back_allocate_nothing()
    {
        byte[] line = Encoding.UTF8.GetBytes("a line with \e[31mcolour\e[m, 中 and e\u0301\r\n");
        ArrayBufferWriter<byte> diff = new(1 << 16);
        ScreenState before = _screen.Snapshot();
        void Work()
        {
            for (int i = 0; i < 50; i++)
            {
                _terminal.Emulator.Write(line);
                if (i % 10 < 5)
                    _screen.PageUp();
                else if (i % 10 == 9)
                    _screen.ShowPresent();
                diff.ResetWrittenCount();
                ScreenState now = _screen.Snapshot();
                now.WriteDiff(before, diff);
                before.Release();
                before = now;
            }
        }

        for (int i = 0; i < 80; i++)
            Work();
        Assert.Equal(0, Allocations.Least(Work));
    }

    private string[] Lines => [.. ScreenText.Lines(_screen.Frame)];

    private static string[] Rows(int from, int to) => [.. Enumerable.Range(from, to - from + 1).Select(n => $"row {n}")];

    private static string Described(Framebuffer frame, int row) => string.Join('|', ScreenText.Cells(frame, row));

    private void Print(int from, int to) => _terminal.Write(string.Concat(Rows(from, to).Select(row => row + "\r\n")));
}
