using System.Net;
using System.Text.Json;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>A session's life with `connect`: screens, sizes, silence, roaming, figures.</summary>
[Collection(InteropGroup.Name)]
public sealed class ConnectSessionTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("xterm-256color")]
    [InlineData("screen-256color")] // neither background erase nor ECH
    [InlineData("linux")]
    [InlineData("vt100")]
    public async Task The_screen_is_the_servers_on_every_terminal(string term)
    {
        string script = _home.Write("paint", """
            printf '\033[44m\033[2J\033[1;1Hblue \033[7;3Hfar\033[K\033[0m'
            i=0; while [ $i -lt 40 ]; do printf '\033[4%dmline %d \033[K\n' $((i % 8)) $i; i=$((i + 1)); done
            printf '\033[0m\033[2;5H日本語 e\314\201 \033[31mred\033[0m\033[24;78Hxyz\033[12;1Hready'; read x
            """);
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/bin/sh", script]);
        await using ConnectTerminal ours = await ConnectTerminal.DirectAsync(_home, session.Port, session.Key, ("TERM", term));
        await ours.Terminal.WaitForTextAsync("ready");
        await using TmuxTerminal plain = await TmuxTerminal.StartAsync(["/bin/sh", script], _home.Environment);
        TerminalScreen expected = await plain.WaitForAsync(s => s.HasRow("ready28") && (s.CursorRow, s.CursorColumn) == (11, 5), "the screen, and the cursor behind it");
        await ours.Terminal.WaitForAsync(
            s => s.Text == expected.Text && (s.CursorRow, s.CursorColumn) == (expected.CursorRow, expected.CursorColumn),
            "the same screen as without a network:\n" + expected);
    }

    [Fact]
    public async Task A_window_of_one_cell_and_every_size_after_it_works()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(_home, ["--direct", "127.0.0.1", $"{session.Port}"], 1, 1, ("MOSH_KEY", session.Key));
        await connect.Terminal.TypeAsync("clear\r");
        foreach ((int columns, int rows) in new[] { (2, 1), (1, 3), (120, 40), (3, 2), (80, 24) })
        {
            await connect.Terminal.ResizeAsync(columns, rows);
        }

        // The keys may overtake the last resize, which the terminal tells by a signal.
        await connect.Terminal.TypeAsync("clear; until [ \"$(stty size)\" = '24 80' ]; do sleep 0.1; done; echo si''zed\r");
        await connect.Terminal.WaitForAsync(s => s.HasRow("sized"), "the last size");
    }

    [Fact]
    public async Task A_silent_server_is_told_and_the_bar_goes_when_it_is_heard_again()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, relay.Port, session.Key);
        await connect.Terminal.WaitForTextAsync("p1>");
        relay.Pause();
        await connect.Terminal.WaitForTextAsync("mosh: Last contact", TimeSpan.FromSeconds(30));
        await connect.Terminal.WaitForAsync(_ => relay.ClientPorts > 1, "another source port is tried", TimeSpan.FromSeconds(60));
        relay.Resume();
        relay.Rebind();
        await connect.Terminal.WaitForAsync(s => !s.Shows("Last contact"), "the bar is gone", TimeSpan.FromSeconds(30));
        await connect.Terminal.TypeAsync("echo ag''ain\r");
        await connect.Terminal.WaitForAsync(s => s.HasRow("again"), "the answer");
    }

    [Fact]
    public async Task Figures_come_every_second_and_the_connections_state_on_a_key()
    {
        string file = _home.File("stats");
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash);
        await using ConnectTerminal connect = await ConnectTerminal.StartAsync(
            _home, [$"--stats={file}", "-a", "--direct", "127.0.0.1", $"{session.Port}"], 120, 24, ("MOSH_KEY", session.Key));
        await connect.Terminal.WaitForTextAsync("p1>");
        await connect.Terminal.TypeAsync("echo abc\r");
        await connect.Terminal.WaitForAsync(s => s.HasRow("abc"), "the answer");
        await Eventually.TrueAsync(() => File.Exists(file) && File.ReadAllLines(file).Length >= 2, "two lines");
        using JsonDocument line = JsonDocument.Parse((await File.ReadAllLinesAsync(file))[1]);
        Assert.Equal(9, line.RootElement.GetProperty("keys").GetInt32());
        Assert.True(line.RootElement.GetProperty("received").GetInt32() > 0);
        Assert.Equal(0, line.RootElement.GetProperty("wrong_shown").GetInt32());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        await connect.Terminal.PressAsync(0x1e, (byte)'s');
        await connect.Terminal.WaitForAsync(s => s.Shows("round trip") && s.Shows("% lost"), "the connection's state");
    }

    [Fact]
    public async Task An_escape_key_of_the_persons_own_works_and_can_be_sent_itself()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/bin/sh", "-c", "stty raw -echo; printf 'ready\\r\\n'; head -c 3 | od -An -c; read x"]);
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, session.Port, session.Key, ("MOSH_ESCAPE_KEY", "\x02"));
        await connect.Terminal.WaitForTextAsync("ready");
        await connect.Terminal.PressAsync(0x02, (byte)'b', 0x02, (byte)'x');
        await connect.Terminal.WaitForTextAsync("002 002   x");
    }

    [Fact]
    public async Task The_title_has_its_prefix_unless_it_is_not_wanted()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/bin/sh", "-c", "printf '\\033]0;my title\\007ready'; read x"]);
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, session.Port, session.Key);
        await connect.Terminal.WaitForTextAsync("ready");
        await Eventually.TrueAsync(() => System.Text.Encoding.UTF8.GetString(connect.Replay().Frame.Title) == "[mosh] my title", "the title with its prefix");
        await connect.Terminal.TypeAsync("\r");
        await connect.EndRestoredAsync();
        Assert.Equal("my title", System.Text.Encoding.UTF8.GetString(connect.Replay().Frame.Title));
    }
}
