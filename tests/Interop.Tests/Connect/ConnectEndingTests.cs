using System.Net;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests.Connect;

/// <summary>However `connect` ends, the terminal is as it was, and the exit status says how it was.</summary>
[Collection(InteropGroup.Name)]
public sealed class ConnectEndingTests(InteropFixture fixture) : IDisposable
{
    // Everything that a program can switch on.
    private const string Modes = @"printf '\033[?2004h\033[?1004h\033[?1003h\033[?1006h\033[?5h\033[?25l\033[1;31mready'";

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_the_program_ends_it_cleanly(bool stock)
    {
        await using MoshServer? other = stock ? new StockServer() : null;
        OpenedSession session = await (other ?? fixture.Server).OpenAsync(_home.Environment, ["/bin/sh", "-c", $"{Modes}; read x"]);
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, session.Port, session.Key);
        await connect.Terminal.WaitForTextAsync("ready");
        Assert.True(connect.Replay().Frame.BracketedPaste);
        await connect.Terminal.TypeAsync("\r");
        TerminalScreen end = await connect.EndRestoredAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.True(end.Shows("[moshbroker connect is exiting.]"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_quit_keys_end_it_cleanly(bool stock)
    {
        await using MoshServer? other = stock ? new StockServer() : null;
        OpenedSession session = await (other ?? fixture.Server).OpenAsync(_home.Environment, ["/bin/sh", "-c", $"{Modes}; read x"]);
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, session.Port, session.Key);
        await connect.Terminal.WaitForTextAsync("ready");
        await connect.Terminal.PressAsync(0x1e);
        await connect.Terminal.WaitForTextAsync("Commands: Ctrl-Z suspends, \".\" quits");
        await connect.Terminal.TypeAsync(".");
        Assert.Equal(0, (await connect.EndRestoredAsync()).ExitStatus);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public async Task A_signal_ends_it_cleanly(string signal)
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/bin/sh", "-c", $"{Modes}; read x"]);
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, session.Port, session.Key);
        await connect.Terminal.WaitForTextAsync("ready");
        await SignalAsync(signal, session);
        Assert.Equal(0, (await connect.EndRestoredAsync()).ExitStatus);
    }

    [Fact]
    public async Task A_signal_while_the_server_is_gone_ends_it_uncleanly_and_says_so()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/bin/sh", "-c", $"{Modes}; read x"]);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, relay.Port, session.Key);
        await connect.Terminal.WaitForTextAsync("ready");
        relay.Pause();
        await connect.Terminal.PressAsync(0x1e, (byte)'.');
        await connect.Terminal.WaitForTextAsync("Exiting on user request");
        TerminalScreen end = await connect.EndRestoredAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(5, end.ExitStatus);
        Assert.True(end.Shows("did not confirm"));
    }

    [Fact]
    public async Task A_server_that_never_answers_is_named_after_a_while()
    {
        using System.Net.Sockets.UdpClient silent = new(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)silent.Client.LocalEndPoint!).Port;
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, port, "AAECAwQFBgcICQoLDA0ODw");
        await connect.Terminal.WaitForTextAsync($"Nothing received from server on UDP port {port}.");
        TerminalScreen end = await connect.EndRestoredAsync(TimeSpan.FromSeconds(90));
        Assert.Equal(4, end.ExitStatus);
        Assert.True(end.Shows($"127.0.0.1:{port}") && end.Shows("Is that port open"), end.ToString());
    }

    [Fact]
    public async Task A_wrong_key_reaches_nobody()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/bin/sh", "-c", "read x"]);
        await using ConnectTerminal connect = await ConnectTerminal.DirectAsync(_home, session.Port, "AAECAwQFBgcICQoLDA0ODw");
        await connect.Terminal.WaitForTextAsync("Nothing received from server");
        await connect.Terminal.PressAsync(0x1e, (byte)'.');
        Assert.Equal(4, (await connect.EndRestoredAsync(TimeSpan.FromSeconds(60))).ExitStatus);
    }

    [Fact]
    public async Task Suspended_the_terminal_is_the_shells_and_resumed_the_screen_is_back()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/bin/sh", "-c", $"{Modes}; read x; echo got $x; read y"]);
        await using TmuxTerminal shell = await TmuxTerminal.StartAsync(
            ["/bin/bash", "--norc", "--noprofile", "-i"], _home.With(("MOSH_KEY", session.Key), ("PS1", "job> ")));
        await shell.WaitForTextAsync("job>");
        await shell.TypeAsync($"{RunningBroker.Launcher} connect --direct 127.0.0.1 {session.Port}\r");
        await shell.WaitForTextAsync("ready");
        await shell.PressAsync(0x1e, 0x1a);
        await shell.WaitForAsync(s => s.Shows("is suspended") && s.LastRow.StartsWith("job>", StringComparison.Ordinal), "the shell is back");
        await shell.TypeAsync("stty -a | grep -c ' icanon'\r");
        await shell.WaitForAsync(s => s.HasRow("1"), "the shell's own settings");
        await shell.TypeAsync("fg\r");
        await shell.WaitForAsync(s => s.Shows("ready") && !s.Shows("job>"), "the session's screen");
        await shell.TypeAsync("abc\r");
        await shell.WaitForTextAsync("got abc");
        await SignalAsync("TSTP", session);
        await shell.WaitForAsync(s => s.Shows("is suspended") && s.LastRow.StartsWith("job>", StringComparison.Ordinal), "suspended by a signal");
        await shell.TypeAsync("fg\r");
        await shell.WaitForTextAsync("got abc");
        await shell.TypeAsync("\r");
        await shell.WaitForTextAsync("is exiting");
    }

    /// <summary>The process is found by its command line, which names the session's port.</summary>
    private static async Task SignalAsync(string signal, OpenedSession session)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int process)) { continue; }
            string[] words;
            try
            {
                words = (await File.ReadAllTextAsync(Path.Combine(folder, "cmdline"))).Split('\0');
            }
            catch (IOException)
            {
                continue;
            }

            if (words[0].EndsWith("moshbroker-connect", StringComparison.Ordinal) && words.Contains($"{session.Port}"))
            {
                CommandResult sent = await Command.RunAsync(["/bin/kill", $"-{signal}", $"{process}"]);
                Assert.True(sent.ExitCode == 0, sent.Error);
                return;
            }
        }

        Assert.Fail("no client runs");
    }
}
