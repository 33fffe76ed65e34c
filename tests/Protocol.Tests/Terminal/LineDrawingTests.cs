using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>DEC special graphics by G0 and G1.</summary>
public sealed class LineDrawingTests
{
    [Fact]
    public void Every_letter_has_the_form_that_the_vt100_shows()
    {
        TestTerminal terminal = new(40, 2);
        terminal.Write("\e(0`abcdefghijklmnopqrstuvwxyz{|}~\e(B`a");
        Assert.Equal(["◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·`a"], terminal.Lines);
    }

    [Fact]
    public void Underscore_is_a_blank_and_all_below_it_are_themselves()
    {
        TestTerminal terminal = new(10, 1);
        Assert.Equal(["A 1^Z"], terminal.Write("\e(0A_1^Z").Lines);
    }

    [Fact]
    public void Shift_out_takes_g1_and_shift_in_g0()
    {
        TestTerminal terminal = new(10, 1);
        Assert.Equal(["q─q"], terminal.Write("\e)0q\x0eq\x0fq").Lines);
    }

    [Fact]
    public void Text_of_more_than_ascii_is_not_translated()
    {
        TestTerminal terminal = new(10, 1);
        Assert.Equal(["é─中"], terminal.Write("\e(0éq中").Lines);
    }

    [Fact]
    public void Save_and_restore_keep_the_character_sets()
    {
        TestTerminal terminal = new(10, 1);
        Assert.Equal(["x─x"], terminal.Write("x\e(0\e7\e(B\e8q\e(Bx").Lines);
    }

    [Theory]
    [InlineData("\ec")]
    [InlineData("\e[!p")]
    public void A_reset_brings_ascii_back(string reset)
    {
        TestTerminal terminal = new(10, 1);
        Assert.EndsWith("q", terminal.Write($"\e(0\e)0\x0e{reset}q").Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_wraps_after_the_last_column_although_the_set_changes_in_between()
    {
        TestTerminal terminal = new(3, 2);
        Assert.Equal(["┌─┐", "ab"], terminal.Write("\e(0lqk\e(Bab").Lines);
        Assert.Equal(["┌─┐", "ab"], new TestTerminal(3, 2).Write("\e)0\x0elqk\x0f" + "ab").Lines);
    }
}
