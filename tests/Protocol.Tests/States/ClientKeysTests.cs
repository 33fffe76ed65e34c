using System.Buffers;
using System.Text;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.Tests.Terminal;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.States;

public sealed class ClientKeysTests
{
    private const string Up = "\e[5;2~";
    private const string Down = "\e[6;2~";

    private readonly TestTerminal _terminal = new(40, 6);
    private readonly ScreenState _screen;
    private readonly ClientKeys _keys;
    private readonly ArrayBufferWriter<byte> _program = new();

    public ClientKeysTests()
    {
        _screen = new ScreenState(_terminal.Emulator);
        _screen.Show();
        _keys = new ClientKeys(_screen, _terminal.Emulator);
        _terminal.Write(string.Concat(Enumerable.Range(1, 50).Select(n => $"row {n}\r\n")));
    }

    [Theory]
    [InlineData("\e[5;2~", "\e[6;2~")]
    [InlineData("\e[5;3~", "\e[6;3~")]
    public void With_shift_or_alt_the_page_keys_are_taken_and_the_program_gets_nothing(string up, string down)
    {
        Assert.Equal("", Type(up + up));
        Assert.True(_screen.IsScrolledBack);
        Assert.Equal("", Type(down));
        Assert.True(_screen.IsScrolledBack);
        Assert.Equal("", Type(down + down));
        Assert.False(_screen.IsScrolledBack);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("\e[5~")]
    [InlineData("\e[5;5~")]
    [InlineData("\eOA")]
    [InlineData("\x03")]
    public void Any_other_key_returns_to_the_present_and_reaches_the_program(string key)
    {
        Type(Up);
        Assert.Equal(key.Replace("\eOA", "\e[A", StringComparison.Ordinal), Type(key));
        Assert.False(_screen.IsScrolledBack);
        Assert.Equal("ab", Type($"a{Up}b"));
        Assert.False(_screen.IsScrolledBack);
        Assert.Equal("a", Type($"a{Up}"));
        Assert.True(_screen.IsScrolledBack);
    }

    [Theory]
    [InlineData("\e[?1049h", "vim, less")]
    [InlineData("\e[?1000h", "a program that reads the mouse")]
    [InlineData("\e[?1h\e=", "top, less -X")]
    public void A_program_that_works_with_the_whole_screen_gets_them(string asked, string who)
    {
        _terminal.Write(asked);
        Assert.Equal(Up + Down, Type(Up + Down));
        Assert.False(_screen.IsScrolledBack, who);
        Assert.Equal("\e", Type("\e"));
        Assert.Equal(MonoTime.Forever, _keys.HeldUntil);
    }

    [Fact]
    public void A_shell_that_asks_for_application_keys_and_bracketed_paste_at_its_prompt_is_none()
    {
        _terminal.Write("\e[?1h\e=\e[?2004h");
        Assert.Equal("", Type(Up));
        Assert.True(_screen.IsScrolledBack);
    }

    [Fact]
    public void Without_kept_rows_or_without_the_right_to_see_them_all_passes()
    {
        Assert.Equal(Up, Type(Up, mayPage: false));
        _terminal.Write("\e[3J");
        Assert.Equal(Up, Type(Up));
        Assert.False(_screen.IsScrolledBack);
    }

    [Fact]
    public void A_lone_escape_is_held_no_longer_than_a_program_has_to_answer()
    {
        Assert.Equal("", Type("\e", 1000));
        Assert.Equal(new MonoTime(1000 + ClientKeys.EscapeHoldMs), _keys.HeldUntil);
        Assert.Equal("\e", Release());
        Assert.Equal(MonoTime.Forever, _keys.HeldUntil);
        Assert.Equal("", Type("\e", 2000));
        Assert.Equal("\ex", Type("x", 2010));
    }

    [Fact]
    public void A_key_in_two_datagrams_is_one_if_the_second_comes_in_time()
    {
        Assert.Equal("", Type("\e[5", 1000));
        Assert.Equal(new MonoTime(1000 + ClientKeys.SequenceHoldMs), _keys.HeldUntil);
        Assert.Equal("", Type(";2~", 1400));
        Assert.True(_screen.IsScrolledBack);
        Assert.Equal("", Type("\e[6;", 3000));
        Assert.Equal("\e[6;", Release());
        Assert.False(_screen.IsScrolledBack);
    }

    [Fact]
    public void What_is_held_comes_first_when_a_program_takes_the_whole_screen_meanwhile()
    {
        Assert.Equal("", Type("\e[5"));
        _terminal.Write("\e[?1049h");
        Assert.Equal("\e[5;2~", Type(";2~"));
    }

    [Fact]
    public void The_keyboard_goes_and_comes_back_without_leaving_the_view_and_the_program_is_told()
    {
        _terminal.Write("\e[?1004h");
        Type(Up);
        Assert.Equal("\e[O\e[I", Type("\e[O\e[I"));
        Assert.True(_screen.IsScrolledBack);
        _terminal.Write("\e[?1004l");
        Assert.Equal("\e[I", Type("\e[I"));
        Assert.False(_screen.IsScrolledBack);
    }

    [Fact]
    public void Typing_and_paging_allocate_nothing()
    {
        byte[] keys = Encoding.ASCII.GetBytes($"ls\r{Up}{Up}{Down}\e[5x\eOA");
        void Work()
        {
            _program.ResetWrittenCount();
            _keys.Take(default, keys, mayPage: true, _program);
        }

        Work();
        Assert.Equal(0, Allocations.Least(Work));
    }

    private string Type(string keys, long now = 0, bool mayPage = true)
    {
        _program.ResetWrittenCount();
        _keys.Take(new MonoTime(now), Encoding.ASCII.GetBytes(keys), mayPage, _program);
        return Encoding.ASCII.GetString(_program.WrittenSpan);
    }

    private string Release()
    {
        _program.ResetWrittenCount();
        _keys.Release(_program);
        return Encoding.ASCII.GetString(_program.WrittenSpan);
    }
}
