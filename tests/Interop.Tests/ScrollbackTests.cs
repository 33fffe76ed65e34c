using MoshBroker.Interop.Tests.Connect;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>Stock's client pages through what has left its screen, though it has no such thing itself.</summary>
[Collection(InteropGroup.Name)]
public sealed class ScrollbackTests(InteropFixture fixture) : IDisposable
{
    private const string PageUp = "\e[5;2~";
    private const string PageDown = "\e[6;2~";
    private const string Print500 = "for i in $(seq 500); do echo line $i.; done\r";

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task At_a_shell_the_keys_page_and_any_other_key_is_the_shells_again()
    {
        await using TmuxTerminal terminal = await StartAsync(fixture.Broker);
        await terminal.TypeAsync(Print500);
        TerminalScreen present = await terminal.WaitForAsync(s => s.HasRow("line 500.") && s.LastRow == "p2>", "the present");
        await terminal.TypeAsync(PageUp);
        TerminalScreen back = await terminal.WaitForAsync(s => s.Rows[0] == "line 456." && s.Rows[22] == "line 478.", "a page back");
        Assert.StartsWith(" scrolled back 22 lines of ", back.Rows[23], StringComparison.Ordinal);
        await terminal.TypeAsync(string.Concat(Enumerable.Repeat(PageUp, 30)));
        await terminal.WaitForAsync(s => s.HasRow("line 1.") && s.Shows("p1> for i in"), "the oldest page");
        await terminal.TypeAsync(PageDown);
        await terminal.WaitForAsync(s => !s.Shows("p1>") && s.HasRow("line 30."), "a page on");
        await terminal.TypeAsync("e");
        TerminalScreen again = await terminal.WaitForAsync(s => s.LastRow == "p2> e", "the present, and the key");
        Assert.Equal(present.Rows.SkipLast(1), again.Rows.SkipLast(1));
        Assert.Equal((5, 23), (again.CursorColumn, again.CursorRow));
        await terminal.TypeAsync("cho as-ev''er\r");
        await terminal.WaitForAsync(s => s.HasRow("as-ever") && s.Shows("p3>"), "the shell goes on");
    }

    [Fact]
    public async Task What_is_printed_meanwhile_does_not_move_the_page_and_the_way_back_leads_past_it()
    {
        await using TmuxTerminal terminal = await StartAsync(fixture.Broker);
        string go = _home.File("go");
        await terminal.TypeAsync(Print500 + $"until [ -e {go} ]; do sleep 0.1; done; seq 1001 1010\r");
        await terminal.WaitForAsync(s => s.HasRow("line 500.") && s.Shows("p2> until"), "the present");
        await terminal.TypeAsync(PageUp);
        TerminalScreen back = await terminal.WaitForAsync(s => s.Shows("scrolled back 22 lines"), "a page back");
        _home.Write("go", "");
        TerminalScreen then = await terminal.WaitForAsync(s => s.Shows("scrolled back") && !s.Shows("scrolled back 22 lines"), "more is printed");
        Assert.Equal(back.Rows.SkipLast(1), then.Rows.SkipLast(1));
        await terminal.TypeAsync(PageDown + PageDown + PageDown);
        await terminal.WaitForAsync(s => s.HasRow("1010") && s.LastRow == "p3>", "the present");
    }

    [Theory]
    [InlineData("")]
    [InlineData("-X")]
    public async Task Within_less_the_keys_are_less_s_on_whichever_screen_it_draws(string option)
    {
        string file = _home.Write("long.txt", string.Concat(Enumerable.Range(1, 300).Select(n => $"row {n}.\n")));
        string keys = _home.Write("lesskey", "#command\n\\e[5;2~ goto-end\n");
        await using TmuxTerminal terminal = await StartAsync(fixture.Broker);
        await terminal.TypeAsync(Print500);
        await terminal.WaitForAsync(s => s.HasRow("line 500.") && s.Shows("p2>"), "the present");
        await terminal.TypeAsync($"LESSKEYIN={keys} less {option} {file}\r");
        await terminal.WaitForAsync(s => s.HasRow("row 1.") && s.HasRow("row 23."), "the first page");
        await terminal.TypeAsync(PageUp);
        await terminal.WaitForAsync(s => s.HasRow("row 300.") && !s.Shows("scrolled back"), "less goes to the end");
        await terminal.TypeAsync("q");
        await terminal.WaitForAsync(s => s.LastRow == "p3>", "the shell");
        await terminal.TypeAsync(PageUp);
        await terminal.WaitForAsync(s => s.Shows("scrolled back"), "a page back");
    }

    [Fact]
    public async Task Within_vim_the_keys_are_vims()
    {
        string file = _home.Write("note.txt", "a line\n");
        await using TmuxTerminal terminal = await StartAsync(fixture.Broker);
        await terminal.TypeAsync(Print500);
        await terminal.WaitForAsync(s => s.HasRow("line 500.") && s.Shows("p2>"), "the present");
        await terminal.TypeAsync($"vim -u NONE -N -n --cmd 'nnoremap <S-PageUp> Aup' --cmd 'inoremap <S-PageDown> down' {file}\r");
        await terminal.WaitForAsync(s => s.HasRow("a line") && s.HasRow("~"), "vim");
        await terminal.TypeAsync(PageUp + PageDown);
        await terminal.WaitForAsync(s => s.HasRow("a lineupdown"), "vim's own keys");
    }

    [Fact]
    public async Task Where_policy_keeps_no_rows_the_program_gets_the_keys()
    {
        string policy = _home.Write("policy.yaml", "version: 1\ndrop_in: { scrollback: false }\n");
        await using RunningBroker broker = await RunningBroker.StartAsync(null, null, "--policy", policy);
        await using TmuxTerminal terminal = await StartAsync(broker);
        await terminal.TypeAsync(Print500 + "cat -v\r");
        await terminal.WaitForAsync(s => s.HasRow("line 500.") && s.Shows("p2> cat -v"), "cat waits");
        await terminal.TypeAsync(PageUp + "\r");
        await terminal.WaitForAsync(s => s.Rows.Count(row => row == "^[[5;2~") == 2, "as typed, and as read");
    }

    [Fact]
    public async Task A_broker_that_is_killed_and_started_again_shows_the_present_and_can_page_again()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        await using TmuxTerminal terminal = await StartAsync(broker);
        await terminal.TypeAsync(Print500);
        await terminal.WaitForAsync(s => s.HasRow("line 500.") && s.Shows("p2>"), "the present");
        await terminal.TypeAsync(PageUp);
        await terminal.WaitForAsync(s => s.Shows("scrolled back"), "a page back");
        // The rows are saved once a second.
        await terminal.WaitForAsync(s => s.HasRow("line 456."), "the page");
        await broker.KillAsync();
        await broker.RunAsync();
        await terminal.WaitForAsync(s => s.HasRow("line 500.") && s.LastRow == "p2>", "the present", Long);
        await terminal.TypeAsync(PageUp);
        await terminal.WaitForAsync(s => s.Shows("scrolled back") && s.HasRow("line 460."), "a page back, again", Long);
    }

    [Fact]
    public async Task Our_own_client_pages_the_same_way()
    {
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using ConnectTerminal ours = await ConnectTerminal.DirectAsync(_home, session.Port, session.Key);
        await ours.Terminal.WaitForTextAsync("p1>");
        await ours.Terminal.TypeAsync(Print500);
        await ours.Terminal.WaitForAsync(s => s.HasRow("line 500.") && s.Shows("p2>"), "the present");
        await ours.Terminal.TypeAsync(PageUp);
        await ours.Terminal.WaitForAsync(s => s.Shows("scrolled back 22 lines"), "a page back");
        await ours.Terminal.TypeAsync("e");
        await ours.Terminal.WaitForAsync(s => s.LastRow == "p2> e", "the present, and the key");
    }

    private async Task<TmuxTerminal> StartAsync(RunningBroker broker)
    {
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        return terminal;
    }
}
