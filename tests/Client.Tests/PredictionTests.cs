using MoshBroker.Client.Prediction;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Tests;

/// <summary>The rules of stock's prediction, one by one, as they were observed.</summary>
public sealed class PredictionTests
{
    /// <summary>A line on which the server was seen to echo: `$ a`.</summary>
    private static PredictionScenario Confirmed(PredictionMode mode = PredictionMode.Always, long frameInterval = 20, int columns = 20) =>
        new PredictionScenario("$ ", mode, frameInterval: frameInterval, columns: columns).Type("a").Echo("a");

    [Fact]
    public void The_first_character_of_a_line_is_hidden_until_it_is_confirmed()
    {
        PredictionScenario line = new PredictionScenario().Type("a");
        Assert.Equal("$", line.Shown);
        Assert.Equal("", line.Output);
        Assert.Equal("$ a", line.Echo("a").Shown);
    }

    [Fact]
    public void After_a_confirmation_keys_show_at_once_and_their_echo_draws_nothing()
    {
        PredictionScenario line = Confirmed().Type("b").Type("c");
        Assert.Equal("$ abc", line.Shown);
        Assert.Equal((0, 5), line.Cursor);
        Assert.Equal("", line.Echo("bc").Output);
        Assert.Equal("$ abc", line.Shown);
    }

    [Fact]
    public void Arrows_move_the_cursor_and_a_character_pushes_the_rest_of_the_line()
    {
        PredictionScenario line = Confirmed().Type("bc").Echo("bc").Type("d\e[D\e[D");
        Assert.Equal("$ abcd", line.Shown);
        Assert.Equal((0, 4), line.Cursor);
        line.Echo("d\b\b").Type("Z");
        Assert.Equal("$ abZcd", line.Shown);
        Assert.Equal((0, 5), line.Cursor);
        line.Echo("Zcd\b\b").Type("\x7f");
        Assert.Equal("$ abcd", line.Shown);
        Assert.Equal((0, 4), line.Cursor);
    }

    [Fact]
    public void Application_cursor_keys_are_arrows_too() => Assert.Equal((0, 3), Confirmed().Type("b\eOD").Cursor);

    [Fact]
    public void What_follows_a_carriage_return_is_hidden_and_refuted_without_being_seen()
    {
        PredictionScenario line = Confirmed().Type("\r").Type("x");
        Assert.Equal("$ a", line.Shown);
        Assert.Equal("$ a\n$ x", line.Echo("\r\n$ x").Shown);
        Assert.Equal("$ a\n$ x", line.Type("y").Shown);
        Assert.Equal("$ a\n$ x*", line.Echo("*").Shown);
        Assert.Equal("$ a\n$ x*", line.Type("z").Shown);
        Assert.Equal("$ a\n$ x*z", line.Echo("z").Shown);
        Assert.Equal("$ a\n$ x*zq", line.Type("q").Shown);
        Assert.Equal(0, line.Engine.Counts.WrongShown);
    }

    [Fact]
    public void Wrong_guesses_vanish_with_the_frame_that_refutes_them_and_the_next_key_is_hidden()
    {
        PredictionScenario line = Confirmed().Type("bcd");
        Assert.Equal("$ abcd", line.Shown);
        Assert.Equal("$ ab", line.Echo("b").Shown);
        Assert.Equal((0, 4), line.Cursor);
        Assert.Equal("$ ab", line.Type("e").Shown);
        Assert.Equal(1, line.Engine.Counts.WrongShown);
    }

    [Fact]
    public void The_screen_alone_proves_nothing_before_the_echo_ack()
    {
        PredictionScenario line = Confirmed().Type("b").Type("c").Type("d");
        Assert.Equal("", line.Server("b").Output);
        Assert.Equal("", line.Ack(allBut: 2).Output);
        Assert.Equal("", line.Echo("cd").Output);
        Assert.Equal("$ abcd", line.Shown);
    }

    [Fact]
    public void Output_elsewhere_is_drawn_and_the_guess_stays()
    {
        PredictionScenario line = Confirmed().Type("b").Server("\e7\e[4;1Hlater\e8");
        Assert.Equal("$ ab\n\n\nlater", line.Shown);
        Assert.Equal((0, 4), line.Cursor);
    }

    [Fact]
    public void An_echo_ack_before_the_screen_takes_the_guess_back()
    {
        PredictionScenario line = Confirmed().Type("b").Ack();
        Assert.Equal("$ a", line.Shown);
        Assert.Equal("$ ab", line.Server("b").Shown);
        Assert.Equal("$ ab", line.Type("c").Shown);
    }

    [Fact]
    public void What_stood_there_before_confirms_nothing()
    {
        PredictionScenario line = new PredictionScenario("aaaa\r").Type("a").Echo("a");
        Assert.Equal((0, 1), line.Cursor);
        Assert.Equal("aaaa", line.Type("b").Shown);
    }

    [Fact]
    public void A_space_confirms_nothing()
    {
        PredictionScenario line = new PredictionScenario().Type(" ").Echo(" ").Type("b");
        Assert.Equal("$", line.Shown);
    }

    [Fact]
    public void Cursor_movements_confirm_nothing()
    {
        PredictionScenario line = new PredictionScenario("abc").Type("\e[D");
        Assert.Equal((0, 3), line.Cursor);
        line.Echo("\b").Type("\e[D");
        Assert.Equal((0, 2), line.Cursor);
    }

    [Theory]
    [InlineData("\b")]
    [InlineData("\t")]
    [InlineData("\x01")]
    [InlineData("\n")]
    [InlineData("\ex")]
    [InlineData("\e[A")]
    [InlineData("\e[3~")]
    [InlineData("\e[H")]
    public void A_key_whose_effect_is_not_known_hides_what_follows(string key)
    {
        PredictionScenario line = Confirmed().Type(key).Type("b");
        Assert.Equal("$ a", line.Shown);
    }

    [Fact]
    public void After_a_lone_escape_the_next_character_is_part_of_a_sequence()
    {
        PredictionScenario line = Confirmed().Type("\e").Type("b");
        Assert.Equal("$ a", line.Shown);
    }

    [Fact]
    public void The_character_in_the_last_column_is_hidden_until_confirmed()
    {
        PredictionScenario line = Confirmed(columns: 6).Type("b").Type("c").Type("d");
        Assert.Equal("$ abc", line.Shown);
        Assert.Equal("$ abcd", line.Echo("bcd").Shown);
    }

    [Fact]
    public void Letters_of_several_bytes_show_with_the_last_byte()
    {
        PredictionScenario line = Confirmed();
        byte[] letter = "é"u8.ToArray();
        line.Engine.OnLink(10, 20);
        Assert.Equal("$ aé", line.Type("é").Shown);
        Assert.Equal(2, letter.Length);
    }

    [Fact]
    public void Overwriting_leaves_the_rest_of_the_line()
    {
        PredictionScenario line = new PredictionScenario("$ xyz\b\b\b", overwrites: true).Type("a").Echo("a").Type("b");
        Assert.Equal("$ abz", line.Shown);
        Assert.Equal("$ a z", line.Type("\x7f").Shown);
    }

    [Fact]
    public void A_bulk_paste_is_not_predicted_and_one_of_a_hundred_bytes_is()
    {
        Assert.Equal("$ a", Confirmed(columns: 200).Type(new string('x', 101)).Shown);
        Assert.Equal("$ a" + new string('x', 100), Confirmed(columns: 200).Type(new string('x', 100)).Shown);
    }

    [Fact]
    public void Another_frame_size_takes_all_guesses_back()
    {
        PredictionScenario line = Confirmed().Type("b").Resize(30, 6);
        Assert.Equal("$ a", line.Shown);
    }

    [Fact]
    public void Never_guesses_nothing()
    {
        PredictionScenario line = Confirmed(PredictionMode.Never).Type("b");
        Assert.Equal("$ a", line.Shown);
        Assert.False(line.Engine.IsAnyPending);
    }

    [Fact]
    public void Experimental_shows_everything_at_once_and_drops_wrong_guesses_one_by_one()
    {
        PredictionScenario line = new PredictionScenario(mode: PredictionMode.Experimental).Type("a");
        Assert.Equal("$ a", line.Shown);
        line.Type("b").Type("c").Echo("aXc");
        Assert.Equal("$ aXc", line.Shown);
        Assert.Equal("$ aXc\nx", line.Type("\r").Type("x").Shown);
    }

    [Fact]
    public void Adaptive_shows_nothing_on_a_fast_link()
    {
        PredictionScenario line = new PredictionScenario(mode: PredictionMode.Adaptive).Type("a").Echo("a").Type("b");
        Assert.Equal("$ a", line.Shown);
        Assert.True(line.Engine.IsAnyPending);
    }

    [Theory]
    [InlineData(20, false, false)]
    [InlineData(22, true, false)] // set from the start and sticky above 20
    [InlineData(48, true, false)]
    [InlineData(52, true, true)]
    public void From_the_start_echo_shows_above_20_ms_and_is_underlined_above_50(long frameInterval, bool shows, bool underlines)
    {
        PredictionScenario line = new("$ ", PredictionMode.Adaptive, frameInterval: 250);
        line.FrameInterval = frameInterval;
        line.Pass(1).Type("a").Echo("a").Type("b");
        Assert.Equal(shows ? "$ ab" : "$ a", line.Shown);
        Assert.Equal(shows && underlines, line.Terminal.Row(0)[3].Rendition.Attributes.HasFlag(CellFlags.Underline));
    }

    [Fact]
    public void Once_cleared_the_flags_need_30_and_80_ms()
    {
        PredictionScenario line = new("$ ", PredictionMode.Adaptive) { FrameInterval = 30 };
        line.Pass(1);
        Assert.False(line.Engine.IsShowing);
        line.FrameInterval = 31;
        line.Pass(1);
        Assert.True(line.Engine.IsShowing);
        line.FrameInterval = 80;
        line.Pass(1);
        Assert.False(line.Engine.Underlines);
        line.FrameInterval = 81;
        line.Pass(1);
        Assert.True(line.Engine.Underlines);
    }

    [Fact]
    public void A_key_unanswered_for_250_ms_shows_until_ten_quick_confirmations()
    {
        PredictionScenario line = new PredictionScenario("$ ", PredictionMode.Adaptive, columns: 60).Type("a").Echo("a").Type("b");
        Assert.Equal("$ a", line.Pass(249).Shown);
        Assert.Equal("$ ab", line.Pass(1).Shown);
        line.Echo("b");
        for (int i = 0; i < 10; i++)
        {
            Assert.True(line.Engine.IsShowing);
            line.Type("c").Pass(150).Echo("c");
        }

        Assert.False(line.Engine.IsShowing);
    }

    [Fact]
    public void After_a_stall_of_five_seconds_guesses_are_underlined()
    {
        PredictionScenario line = new PredictionScenario("$ ", PredictionMode.Adaptive).Type("a").Echo("a").Type("b").Pass(5000);
        Assert.Equal("$ ab", line.Shown);
        line.Pass(1);
        Assert.True(line.Terminal.Row(0)[3].Rendition.Attributes.HasFlag(CellFlags.Underline));
        line.Echo("b");
        Assert.False(line.Terminal.Row(0)[3].Rendition.Attributes.HasFlag(CellFlags.Underline));
    }

    [Fact]
    public void Guesses_take_the_colours_that_the_program_uses()
    {
        PredictionScenario line = new PredictionScenario().Type("a").Echo("\e[32ma").Type("b");
        Assert.Equal(Color.Palette(2), line.Terminal.Row(0)[3].Rendition.Foreground);
    }
}
