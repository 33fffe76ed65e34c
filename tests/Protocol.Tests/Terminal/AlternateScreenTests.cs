using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>Modes 47, 1047, 1048 and 1049 as xterm documents them.</summary>
public sealed class AlternateScreenTests
{
    [Fact]
    public void Leaving_1049_brings_back_the_screen_cursor_and_rendition_of_before()
    {
        TestTerminal terminal = new(20, 5);
        terminal.Write("\e[1mone\r\ntwo\e[?1049h");
        Assert.Empty(terminal.Lines);
        Assert.Equal((3, 1), terminal.Cursor);
        Assert.True(terminal.Emulator.IsAlternateScreen);
        terminal.Write("\e[H\e[0mfull screen\e[5;9H~\e[?1049l!");
        Assert.Equal(["one", "two!"], terminal.Lines);
        Assert.Equal(["\e[0;1mone", "\e[0;1mtwo!"], terminal.Styled);
        Assert.False(terminal.Emulator.IsAlternateScreen);
    }

    [Fact]
    public void Entering_1049_clears_with_the_current_background_and_leaves_the_cursor()
    {
        TestTerminal terminal = new(4, 2);
        terminal.Write("ab\e[44m\e[?1049h");
        Assert.Equal(["\e[0;44m    ", "\e[0;44m    "], terminal.Styled);
        Assert.Equal((2, 0), terminal.Cursor);
    }

    [Fact]
    public void Mode_47_keeps_what_stands_on_either_screen_and_shares_the_cursor()
    {
        TestTerminal terminal = new(20, 3);
        terminal.Write("main\e[?47halt");
        Assert.Equal(["    alt"], terminal.Lines);
        terminal.Write("\e[?47lx");
        Assert.Equal(["main   x"], terminal.Lines);
        terminal.Write("\e[?47h");
        Assert.Equal(["    alt"], terminal.Lines);
    }

    [Fact]
    public void Leaving_1047_clears_the_alternate_screen_and_shares_the_cursor()
    {
        TestTerminal terminal = new(20, 3);
        terminal.Write("main\e[?1047halt\e[?1047lx\e[?1047h");
        Assert.Empty(terminal.Lines);
        terminal.Write("\e[?1047l");
        Assert.Equal(["main   x"], terminal.Lines);
    }

    [Fact]
    public void Mode_1048_saves_and_restores_the_cursor_alone()
    {
        TestTerminal terminal = new(20, 3);
        terminal.Write("ab\e[?1048h\e[3;9Hc\e[?1048ld");
        Assert.Equal(["abd", "", "        c"], terminal.Lines);
    }

    [Fact]
    public void Each_screen_has_a_saved_cursor_of_its_own()
    {
        TestTerminal terminal = new(20, 5);
        terminal.Write("\e[2;3H\e[?1049h\e[5;5H\e7\e[H\e8A\e[?1049lM");
        Assert.Equal(["", "  M"], terminal.Lines);
    }

    [Fact]
    public void Entering_or_leaving_twice_changes_nothing_more()
    {
        TestTerminal terminal = new(20, 3);
        terminal.Write("main\e[?1049h\e[?1047h\e[?47halt\e[?1049l\e[?1047l\e[?47l");
        Assert.Equal(["main"], terminal.Lines);
    }

    [Fact]
    public void A_resize_applies_to_both_screens()
    {
        TestTerminal terminal = new(10, 4);
        terminal.Write("0123456789\r\nb\r\nc\r\nd\e[?1049halt");
        terminal.Emulator.Resize(6, 3);
        terminal.Emulator.Resize(12, 5);
        Assert.Equal((4, 2), terminal.Cursor);
        terminal.Write("\e[?1049l");
        Assert.Equal(["012345", "b", "c"], terminal.Lines);
        Assert.Equal(12, terminal.Frame.Row(4).Length);
    }

    [Fact]
    public void A_full_reset_ends_the_alternate_screen()
    {
        TestTerminal terminal = new(10, 3);
        terminal.Write("main\e[?1049halt\ec");
        Assert.False(terminal.Emulator.IsAlternateScreen);
        Assert.Empty(terminal.Lines);
        terminal.Write("x\e[?1049l");
        Assert.Equal(["x"], terminal.Lines);
    }

    [Fact]
    public void A_soft_reset_does_not()
    {
        TestTerminal terminal = new(10, 3);
        terminal.Write("main\e[?1049h\e[!palt\e[?1049l");
        Assert.Equal(["main"], terminal.Lines);
    }

    [Fact]
    public void A_copy_has_both_screens()
    {
        TestTerminal terminal = new(10, 3);
        terminal.Write("main\e[?1049h\e[Halt");
        Emulator copy = terminal.Emulator.Clone();
        terminal.Write("\e[?1049l\e[Hother");
        Assert.Equal(["alt"], ScreenText.Lines(copy.Frame));
        copy.Write("\e[?1049l"u8);
        Assert.Equal(["main"], ScreenText.Lines(copy.Frame));
    }

    [Fact]
    public void The_second_screen_costs_memory_only_while_it_is_used()
    {
        TestTerminal terminal = new(80, 24);
        string page = string.Concat(Enumerable.Range(1, 24).Select(row => $"\e[{row};1Hrow {row}"));
        terminal.Write(page);
        int before = terminal.Emulator.ByteSize;
        for (int i = 0; i < 20; i++)
            terminal.Write($"\e[?1049h{page}\e[?1049l");
        terminal.Emulator.Trim();
        Assert.InRange(terminal.Emulator.ByteSize, 1, before + (8 * 80 * 16));
    }
}
