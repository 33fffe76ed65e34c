using MoshBroker.Protocol.Terminal;
using Xunit;

namespace MoshBroker.Protocol.Tests.Terminal;

/// <summary>Mode 2026: what clients may be shown while a program draws.</summary>
public sealed class SynchronizedUpdateTests
{
    private readonly TestTerminal _terminal = new(20, 3);

    private IReadOnlyList<string> Shown => ScreenText.Lines(_terminal.Emulator.Shown);

    [Fact]
    public void Until_the_end_the_screen_of_before_is_shown()
    {
        _terminal.Write("old\e[?2026h\r\e[Kne");
        Assert.Equal(["old"], Shown);
        _terminal.Write("w");
        Assert.Equal(["old"], Shown);
        Assert.Equal(["new"], _terminal.Lines);
        _terminal.Write("\e[?2026l");
        Assert.Equal(["new"], Shown);
        Assert.False(_terminal.Emulator.IsUpdating);
    }

    [Fact]
    public void Beginning_again_within_an_update_changes_nothing()
    {
        _terminal.Write("old\e[?2026hX\e[?2026hY");
        Assert.Equal(["old"], Shown);
        Assert.Equal(1ul, _terminal.Emulator.SynchronizedUpdates);
    }

    [Fact]
    public void Updates_in_one_write_are_counted_and_the_last_one_shows_what_the_one_before_made()
    {
        _terminal.Write("a\e[?2026hb\e[?2026lc\e[?2026hd");
        Assert.Equal(["abc"], Shown);
        Assert.Equal(2ul, _terminal.Emulator.SynchronizedUpdates);
    }

    [Fact]
    public void The_owner_ends_one_that_takes_too_long_and_its_late_end_is_harmless()
    {
        _terminal.Write("old\e[?2026hnew");
        _terminal.Emulator.EndSynchronizedUpdate();
        Assert.Equal(["oldnew"], Shown);
        _terminal.Write("!\e[?2026l");
        Assert.Equal(["oldnew!"], Shown);
    }

    [Fact]
    public void A_resize_and_a_full_reset_end_it()
    {
        _terminal.Write("old\e[?2026hnew");
        _terminal.Emulator.Resize(10, 3);
        Assert.Equal(["oldnew"], Shown);
        _terminal.Write("\e[?2026h\ecx");
        Assert.Equal(["x"], Shown);
    }

    [Fact]
    public void The_held_screen_and_the_one_that_grows_behind_it_are_never_taken_for_the_same()
    {
        _terminal.Write("old\e[?2026hnew");
        Assert.NotEqual(_terminal.Emulator.Shown.Version, _terminal.Frame.Version);
        Framebuffer sent = _terminal.Emulator.Shown.Snapshot();
        _terminal.Emulator.EndSynchronizedUpdate();
        Assert.False(sent.ContentEquals(_terminal.Emulator.Shown));
    }

    [Fact]
    public void Bells_titles_and_cursor_wait_too()
    {
        _terminal.Write("\e[?2026h\a\e]0;title\a\e[?25l\e[3;3H");
        Framebuffer shown = _terminal.Emulator.Shown;
        Assert.Equal((0ul, true, 0), (shown.Bells, shown.CursorVisible, shown.CursorRow));
        Assert.True(shown.Title.IsEmpty);
    }
}
