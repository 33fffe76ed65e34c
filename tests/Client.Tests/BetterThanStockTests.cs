using MoshBroker.Client.Prediction;
using MoshBroker.Protocol.Terminal;

namespace MoshBroker.Client.Tests;

/// <summary>Where stock's client shows what the server never will, and ours does not.</summary>
public sealed class BetterThanStockTests
{
    private static PredictionScenario Confirmed(int columns = 40) => new PredictionScenario("$ ", columns: columns).Type("a").Echo("a");

    [Fact]
    public void A_password_is_hidden_when_the_prompt_came_without_a_line_being_sent()
    {
        PredictionScenario line = new PredictionScenario("Go on? ", columns: 40).Type("n").Echo("n").Type("y").Echo("\x08y\r\nAnswer: ");
        line.Type("s").Type("e");
        Assert.Equal("Go on? y\nAnswer:", line.Shown);
    }

    [Fact]
    public void A_password_is_hidden_when_the_prompt_is_there_before_the_ack_of_what_brought_it()
    {
        PredictionScenario line = Confirmed().Type("y").Server("y\r\nAnswer: ").Type("s");
        Assert.DoesNotContain("s", line.Shown.Split('\n')[^1].Replace("Answer", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("ys", line.Shown, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password: ")]
    [InlineData("[sudo] password for ann: ")]
    [InlineData("Enter passphrase for key 'x':")]
    [InlineData("PIN: ")]
    [InlineData("パスワード：")]
    public void Behind_words_that_ask_for_a_secret_nothing_is_guessed_in_any_mode(string prompt)
    {
        PredictionScenario line = new PredictionScenario(prompt, PredictionMode.Experimental, columns: 40);
        string before = line.Shown;
        Assert.Equal(before, line.Type("s").Type("e").Shown);
        Assert.Equal(before + (before.EndsWith(':') && prompt.EndsWith(' ') ? " *" : "*"), line.Echo("*").Shown);
    }

    [Fact]
    public void Words_like_these_further_left_do_not_stop_guessing()
    {
        PredictionScenario line = new PredictionScenario("$ grep password: x", columns: 40).Type("y").Echo("y").Type("z");
        Assert.Equal("$ grep password: xyz", line.Shown);
    }

    [Fact]
    public void Text_of_the_bar_is_not_pushed_about()
    {
        PredictionScenario line = Confirmed().Pass(7000);
        Assert.StartsWith("mosh: Last contact", line.Shown, StringComparison.Ordinal);
        line.Type("b");
        line.Bar.OnServerHeard(line.Now);
        Assert.Equal("$ ab", line.Pass(1).Shown);
    }

    [Fact]
    public void Wide_characters_are_echoed_and_taken_back_whole()
    {
        PredictionScenario line = Confirmed().Type("日").Type("b");
        Assert.Equal("$ a日b", line.Shown);
        Assert.Equal((0, 6), line.Cursor);
        Assert.Equal("", line.Echo("日b").Output);
        line.Type("\x7f").Type("\x7f");
        Assert.Equal("$ a", line.Shown);
        Assert.Equal((0, 3), line.Cursor);
        line.Echo("\b \b\b\b  \b\b").Type("c");
        Assert.Equal("$ ac", line.Shown);
    }

    [Fact]
    public void A_combining_mark_does_not_refute_its_letter()
    {
        PredictionScenario line = Confirmed().Type("e").Type("\u0301").Echo("e\u0301");
        Assert.Equal("$ ae\u0301", line.Shown);
        Assert.Equal(0, line.Engine.Counts.WrongShown);
    }

    [Fact]
    public void Letters_with_marks_move_with_the_line()
    {
        PredictionScenario line = new PredictionScenario("$ e\u0301한\e[3D", columns: 20).Type("m").Echo("me\u0301한\e[3D").Type("i");
        Assert.Equal("$ mie\u0301한", line.Shown);
        Assert.Equal("", line.Echo("ie\u0301한\e[3D").Output);
    }

    [Fact]
    public void Backspace_and_left_stop_before_what_was_not_typed()
    {
        PredictionScenario line = Confirmed().Type("\x7f").Type("\x7f").Type("\x7f");
        Assert.StartsWith("$", line.Shown, StringComparison.Ordinal);
        Assert.Equal((0, 2), line.Cursor);
        line = Confirmed().Type("\e[D").Type("\e[D").Type("\e[D");
        Assert.Equal((0, 2), line.Cursor);
    }

    [Fact]
    public void Right_stops_at_the_end_of_the_line() => Assert.Equal((0, 3), Confirmed().Type("\e[C").Cursor);

    [Fact]
    public void A_line_of_the_history_is_not_mixed_with_what_was_typed()
    {
        PredictionScenario line = Confirmed().Type("b").Type("c");
        Assert.Equal("$ abc", line.Shown);
        // The shell shows another line; the ack comes 50 ms later.
        line.Type("\e[A").Server("\r$ make all");
        Assert.Equal("$ make all", line.Shown);
    }

    [Fact]
    public void A_suggestion_behind_the_cursor_does_not_refute_the_letter()
    {
        PredictionScenario line = Confirmed().Type("b").Echo("b\e[90mcd\e[m\b\b");
        line.Type("c").Echo("c\e[90md\e[m\b").Type("d");
        Assert.StartsWith("$ abcd", line.Shown, StringComparison.Ordinal);
        line.Echo("d\e[90mef\e[m\b\b").Type("e");
        Assert.StartsWith("$ abcde", line.Shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Behind_a_prompt_the_keys_under_way_are_guessed_from_the_cursor()
    {
        PredictionScenario line = Confirmed();
        line.FrameInterval = 250;
        line.Type("\r").Type("e").Type("c").Type("h").Server("\r\n$ ").Ack(allBut: 3);
        Assert.Equal("$ a\n$", line.Shown);
        // The first of them confirmed, the others are seen before their own echo.
        line.Server("e").Ack(allBut: 2);
        Assert.Equal("$ a\n$ ech", line.Shown);
        Assert.Equal("$ a\n$ echo", line.Type("o").Shown);
        Assert.Equal("$ a\n$ echo", line.Echo("cho").Shown);
        Assert.Equal(0, line.Engine.Counts.WrongShown);
    }

    [Fact]
    public void An_editors_new_line_takes_nothing_of_what_stood_there()
    {
        PredictionScenario editor = new PredictionScenario("one\r\n~\r\n~\e[1;4H").Type("a").Echo("a");
        editor.Type("\r").Type("b").Type("c").Server("\r\n\e[K").Ack(allBut: 2).Server("b").Ack(allBut: 1);
        Assert.Equal("onea\nbc\n~", editor.Shown);
    }

    [Fact]
    public void After_a_wrong_guess_was_seen_one_confirmation_is_not_enough()
    {
        PredictionScenario line = Confirmed().Type("b").Echo("X");
        Assert.Equal(1, line.Engine.Counts.WrongShown);
        line.Type("c").Echo("c").Type("d");
        Assert.Equal("$ aXc", line.Shown);
        line.Echo("d").Type("e");
        Assert.Equal("$ aXcde", line.Shown);
    }

    [Fact]
    public void A_guess_that_nobody_saw_leaves_no_mark()
    {
        PredictionScenario full = new PredictionScenario("~\r\n~\e[1;1H").Type("j").Echo("\e[2;1H").Type("j").Echo("\e[1;1H").Type("k");
        Assert.Equal("~\n~", full.Shown);
        Assert.Equal(0, full.Engine.Counts.WrongShown);
    }
}
