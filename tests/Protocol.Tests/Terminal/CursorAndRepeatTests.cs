using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>REP, CNL, CPL, HPR, VPR, and saving the cursor by CSI.</summary>
public sealed class CursorAndRepeatTests
{
    [Fact]
    public void Rep_repeats_the_last_character_with_the_present_rendition_and_wraps()
    {
        TestTerminal terminal = new(5, 3);
        terminal.Write("ab\e[1m\e[5b");
        Assert.Equal(["abbbb", "bb"], terminal.Lines);
        Assert.Equal("ab\e[0;1mbbb", terminal.Styled[0]);
        Assert.Equal((2, 1), terminal.Cursor);
    }

    [Fact]
    public void Rep_repeats_wide_characters_and_line_drawing()
    {
        Assert.Equal(["中中中"], new TestTerminal(10, 1).Write("中\e[2b").Lines);
        Assert.Equal(["────"], new TestTerminal(10, 1).Write("\e(0q\e[3b").Lines);
    }

    [Fact]
    public void Rep_before_any_character_does_nothing() => Assert.Empty(new TestTerminal(10, 1).Write("\e[9b").Lines);

    [Fact]
    public void Rep_repeats_no_more_often_than_the_screen_has_cells()
    {
        TestTerminal terminal = new(10, 3);
        terminal.Write("x\e[65535b");
        Assert.Equal(["xxxxxxxxxx", "xxxxxxxxxx", "x"], terminal.Lines);
        Assert.Equal(1, terminal.Emulator.Scrollback.Count);
    }

    [Theory]
    [InlineData("\e[5;5H\e[2E", 0, 6)]
    [InlineData("\e[5;5H\e[E", 0, 5)]
    [InlineData("\e[5;5H\e[2F", 0, 2)]
    [InlineData("\e[5;5H\e[99F", 0, 0)]
    [InlineData("\e[5;5H\e[99E", 0, 23)]
    [InlineData("\e[5;10r\e[7;5H\e[99E", 0, 9)]
    [InlineData("\e[5;10r\e[7;5H\e[99F", 0, 4)]
    [InlineData("\e[5;10r\e[2;5H\e[99F", 0, 0)]
    [InlineData("\e[5;10r\e[12;5H\e[99E", 0, 23)]
    [InlineData("\e[5;5H\e[3a", 7, 4)]
    [InlineData("\e[5;5H\e[99a", 79, 4)]
    [InlineData("\e[5;5H\e[3e", 4, 7)]
    [InlineData("\e[5;5H\e[99e", 4, 23)]
    [InlineData("\e[5;5H\e[s\e[H\e[u", 4, 4)]
    [InlineData("\e[5;5H\e[s\e[H\e8", 4, 4)]
    [InlineData("\e[5;5H\e[u", 0, 0)]
    [InlineData("\e[5;5H\e[>1u\e[<u\e[=1;1u\e[?u", 4, 4)]
    [InlineData("\e[5;5H\e[>4;2m\e[>4m", 4, 4)]
    [InlineData("\e[5;5H\e[2 q\e[?5W", 4, 4)]
    public void The_cursor_goes_where_xterm_puts_it(string input, int column, int row)
    {
        TestTerminal terminal = new(80, 24);
        terminal.Write(input);
        Assert.Equal((column, row), terminal.Cursor);
        Assert.Equal("", terminal.Replies);
        Assert.True(terminal.Frame.Rendition.IsPlain);
    }

    [Fact]
    public void Cursor_shapes_are_kept_until_a_reset()
    {
        TestTerminal terminal = new(10, 2);
        Assert.Equal(5, terminal.Write("\e[5 q").Frame.CursorShape);
        Assert.Equal(5, terminal.Write("\e[9 q").Frame.CursorShape);
        Assert.Equal(0, terminal.Write("\e[ q").Frame.CursorShape);
        Assert.Equal(0, terminal.Write("\e[3 q\ec").Frame.CursorShape);
    }
}
