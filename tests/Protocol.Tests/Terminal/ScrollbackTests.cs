using System.Globalization;
using System.Text;
using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

public sealed class ScrollbackTests
{
    [Fact]
    public void Rows_that_leave_the_screen_at_its_top_are_kept_in_order()
    {
        TestTerminal terminal = new(20, 3);
        terminal.Write("one\r\ntwo\r\nthree\r\nfour\r\nfive");
        Assert.Equal(["one", "two"], terminal.Kept);
        Assert.Equal(["three", "four", "five"], terminal.Lines);
    }

    [Fact]
    public void A_scroll_by_several_rows_keeps_them_all_and_no_more_than_there_are()
    {
        TestTerminal terminal = new(20, 3);
        terminal.Write("one\r\ntwo\e[2S");
        Assert.Equal(["one", "two"], terminal.Kept);
        terminal.Write("\e[99S");
        Assert.Equal(5, terminal.Kept.Count);
    }

    [Theory]
    [InlineData("\e[2;3r\e[3;1H\n\n", 0)]
    [InlineData("\e[1;2r\e[2;1H\n\n", 2)]
    [InlineData("\e[?1049h\e[3;1H\n\n\n\e[?1049l", 0)]
    [InlineData("\e[H\e[2M", 0)]
    [InlineData("\e[2J\e[K\e[T", 0)]
    public void Only_the_main_screen_and_regions_from_its_top_add_to_it(string input, int kept)
    {
        TestTerminal terminal = new(20, 3);
        terminal.Write("one\r\ntwo\r\nthree" + input);
        Assert.Equal(kept, terminal.Emulator.Scrollback.Count);
    }

    [Theory]
    [InlineData("\e[3J")]
    [InlineData("\ec")]
    public void Erasing_it_forgets_it_and_gives_its_memory_back(string input)
    {
        TestTerminal terminal = new(20, 3);
        terminal.Write("one\r\n\n\n\n" + input);
        Assert.Empty(terminal.Kept);
        Assert.Equal(0, terminal.Emulator.Scrollback.ByteSize);
    }

    [Fact]
    public void Erasing_it_leaves_the_screen()
    {
        TestTerminal terminal = new(20, 2);
        Assert.Equal(["two", "three"], terminal.Write("one\r\ntwo\r\nthree\e[3J").Lines);
    }

    [Fact]
    public void The_oldest_rows_go_when_there_are_too_many()
    {
        TestTerminal terminal = new(20, 2, scrollbackRows: 100);
        terminal.Write(string.Concat(Enumerable.Range(1, 1001).Select(n => $"row {n}\r\n")));
        Assert.Equal(Enumerable.Range(901, 100).Select(n => $"row {n}"), terminal.Kept);
        Assert.Equal(1000ul, terminal.Emulator.Scrollback.Added);
    }

    [Fact]
    public void Text_and_attributes_come_back_as_they_were()
    {
        TestTerminal terminal = new(40, 1);
        terminal.Write("plain \e[1;38;5;200mbold \e[0;2;9;48;2;1;2;3m中e\u0301\e[0m \e[4:3;92mz\r\n");
        Assert.Equal("plain bold 中e\u0301 z", Assert.Single(terminal.Kept));
        ScrollbackReader reader = terminal.Emulator.Scrollback.Read();
        Assert.True(reader.TryReadOlder());
        List<ScrollbackRun> runs = [];
        while (reader.TryReadRun(out ScrollbackRun run))
            runs.Add(run);
        Assert.Equal(
            [
                new(6, default),
                new(5, new(Color.Palette(200), default, CellFlags.Bold)),
                new(6, new(default, Color.Rgb(0x010203), CellFlags.Faint | CellFlags.Strikethrough)),
                new(1, default),
                new(1, new(Color.Palette(10), default, CellFlags.Underline | CellFlags.CurlyUnderline)),
            ],
            runs);
        Assert.False(reader.TryReadOlder());
    }

    [Fact]
    public void Blanks_at_the_end_are_dropped_unless_they_are_coloured_or_the_row_goes_on()
    {
        TestTerminal terminal = new(6, 1);
        terminal.Write("a   \r\n\e[44mb\e[K\e[0m\r\n\r\nab    c\r\n");
        Assert.Equal(["a", "b     ", "", "ab    ", "c"], terminal.Kept);
        ScrollbackReader reader = terminal.Emulator.Scrollback.Read();
        List<bool> wraps = [];
        while (reader.TryReadOlder())
            wraps.Add(reader.Wraps);
        Assert.Equal([false, true, false, false, false], wraps);
    }

    [Fact]
    public void A_row_with_more_attributes_than_a_block_holds_keeps_its_text_as_far_as_it_fits()
    {
        TestTerminal terminal = new(Framebuffer.MaxColumns, 1);
        string row = string.Concat(Enumerable.Range(0, Framebuffer.MaxColumns).Select(n => $"\e[38;2;{n % 256};1;2;48;2;{n % 251};3;4mx"));
        terminal.Write(row + "\e[0m\r\nplain\r\n");
        Assert.Equal(2, terminal.Kept.Count);
        Assert.Equal("plain", terminal.Kept[1]);
        Assert.InRange(terminal.Kept[0].Length, 500, Framebuffer.MaxColumns);
    }

    [Fact]
    public void Two_thousand_rows_of_a_listing_take_about_sixty_bytes_each_beyond_their_text()
    {
        TestTerminal terminal = new(80, 24);
        StringBuilder listing = new();
        for (int n = 0; n < 2100; n++)
            listing.Append(CultureInfo.InvariantCulture, $"-rw-r--r-- 1 user group {n * 37 % 100000,6} Jan {n % 28 + 1,2} 12:00 \e[01;34mfile-{n}\e[0m\r\n");
        terminal.Write(listing.ToString());
        Assert.Equal(2000, terminal.Emulator.Scrollback.Count);
        int text = terminal.Kept.Sum(row => row.Length);
        Assert.InRange(terminal.Emulator.Scrollback.ByteSize, text, text + (2000 * 16) + (32 * 1024));
    }

    [Fact]
    public void Rich_rows_are_kept_in_smaller_number_and_memory_stays_bounded()
    {
        TestTerminal terminal = new(200, 2, scrollbackRows: 500);
        string row = string.Concat(Enumerable.Range(0, 200).Select(n => $"\e[38;2;{n};1;2m中")) + "\r\n";
        for (int n = 0; n < 1000; n++)
            terminal.Write(row);
        Assert.InRange(terminal.Emulator.Scrollback.ByteSize, 1, (500 * 256) + (5 * 16 * 1024));
        Assert.InRange(terminal.Emulator.Scrollback.Count, 30, 499);
        Assert.Equal(terminal.Emulator.Scrollback.Count, terminal.Kept.Count);
    }

    [Fact]
    public void Once_full_it_allocates_nothing()
    {
        TestTerminal terminal = new(80, 24);
        byte[] output = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 200).Select(n => $"\e[3{n % 8}mline {n}\e[0m of output\r\n")));
        for (int n = 0; n < 30; n++)
            terminal.Emulator.Write(output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int n = 0; n < 30; n++)
            terminal.Emulator.Write(output);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_copy_has_rows_of_its_own()
    {
        TestTerminal terminal = new(20, 1);
        terminal.Write("one\r\ntwo\r\n");
        Emulator copy = terminal.Emulator.Clone();
        terminal.Write("\e[3Jthree\r\n");
        ScrollbackReader reader = copy.Scrollback.Read();
        Assert.True(reader.TryReadOlder());
        Assert.Equal("two", Encoding.UTF8.GetString(reader.Text));
    }
}
