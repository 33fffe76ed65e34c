using System.Net;
using MoshBroker.Interop.Tests.Harness;
using MoshBroker.Testing.Swarm;

namespace MoshBroker.Interop.Tests;

/// <summary>What stock's terminal lacks and ours has, seen through stock's client.</summary>
[Collection(InteropGroup.Name)]
public sealed class TerminalFeatureTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Leaving_vim_brings_back_the_screen_of_before()
    {
        string file = _home.Write("note.txt", "a line in vim\n");
        await using TmuxTerminal terminal = await StartAsync(SessionHome.Bash);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync($"echo be''fore\rvim -u NONE -n {file}\r");
        await terminal.WaitForAsync(s => s.HasRow("a line in vim") && s.HasRow("~") && !s.HasRow("before"), "vim and nothing else");
        await terminal.TypeAsync(":q\r");
        TerminalScreen screen = await terminal.WaitForAsync(s => s.HasRow("before") && s.Shows("p3>"), "the shell's screen");
        Assert.False(screen.Shows("a line in vim"));
        Assert.False(screen.HasRow("~"));
    }

    [Fact]
    public async Task Leaving_less_brings_back_the_screen_of_before_and_a_resize_in_between_does_no_harm()
    {
        string file = _home.Write("long.txt", string.Join('\n', Enumerable.Range(1, 200).Select(n => $"row {n}.")) + "\n");
        await using TmuxTerminal terminal = await StartAsync(SessionHome.Bash);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync($"echo be''fore\rless {file}\r");
        await terminal.WaitForAsync(s => s.HasRow("row 1.") && s.HasRow("row 23.") && !s.HasRow("before"), "the first page");
        await terminal.ResizeAsync(70, 20);
        await terminal.WaitForAsync(s => s.HasRow("row 19.") && !s.HasRow("row 23."), "the smaller page");
        await terminal.TypeAsync("q");
        TerminalScreen screen = await terminal.WaitForAsync(s => s.HasRow("before") && s.Shows("p3>"), "the shell's screen");
        Assert.False(screen.Shows("row 1."));
    }

    [Fact]
    public async Task Leaving_htop_brings_back_the_screen_of_before()
    {
        await using TmuxTerminal terminal = await StartAsync(SessionHome.Bash);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("echo be''fore\rhtop\r");
        await terminal.WaitForAsync(s => s.Shows("Load average") && !s.HasRow("before"), "htop and nothing else");
        await terminal.TypeAsync("q");
        TerminalScreen screen = await terminal.WaitForAsync(s => s.HasRow("before") && s.Shows("p3>"), "the shell's screen");
        Assert.False(screen.Shows("Load average"));
    }

    /// <summary>Once by Unicode, as the environment that stock sets asks for, once by the terminal's own line drawing, without it.</summary>
    [Theory]
    [InlineData("C.UTF-8", "NCURSES_NO_UTF8_ACS=1")]
    [InlineData("C.UTF-8", "NCURSES_NO_UTF8_ACS=0")]
    [InlineData("C", "NCURSES_NO_UTF8_ACS=0")]
    public async Task A_dialog_has_lines_around_it(string locale, string lines)
    {
        await using TmuxTerminal terminal = await StartAsync(
            "/usr/bin/env", $"LC_ALL={locale}", lines, "dialog", "--keep-window", "--msgbox", "a message", "7", "30");
        TerminalScreen screen = await terminal.WaitForAsync(s => s.Shows("a message") && s.Shows("OK"), "the box");
        string top = screen.Rows.First(row => row.Contains('┌', StringComparison.Ordinal)).Trim();
        Assert.Equal("┌" + new string('─', 28) + "┐", top);
        Assert.Contains(screen.Rows, row => row.Trim().StartsWith("│ a message", StringComparison.Ordinal));
        await terminal.TypeAsync("\r");
        await terminal.WaitForEndAsync();
    }

    [Fact]
    public async Task What_terminfo_says_of_repeating_line_drawing_and_the_alternate_screen_is_true()
    {
        string script = _home.Write(
            "capabilities.sh",
            """
            tput clear
            tput rep 120 12; echo '|'
            tput smacs; printf lqqk; tput rmacs; echo '|'
            tput smcup; tput clear; echo inside; read -r line
            tput rmcup; echo outside; read -r line
            """);
        await using TmuxTerminal terminal = await StartAsync("/bin/sh", script);
        await terminal.WaitForAsync(s => s.HasRow("inside") && !s.Shows("|"), "the alternate screen");
        await terminal.TypeAsync("\r");
        TerminalScreen screen = await terminal.WaitForAsync(s => s.HasRow("outside"), "the main screen");
        Assert.Equal(["xxxxxxxxxxxx|", "┌──┐|", "outside"], screen.Rows.Take(3));
        Assert.False(screen.HasRow("inside"));
    }

    [Fact]
    public async Task No_half_drawn_frame_reaches_a_client_while_a_program_synchronizes_its_output()
    {
        string slow = _home.File("slow");
        string script = _home.Write(
            "frames.py",
            """
            import os, sys, time
            def write(text): os.write(1, text.encode())
            slow = open(sys.argv[1], 'w')
            sys.stdin.readline()
            for frame in range(100, 160):
                start = time.monotonic()
                write('\x1b[?2026h\x1b[2J')
                for row in range(1, 25):
                    write('\x1b[%d;1H%s' % (row, ('%d ' % frame) * 19))
                    if row % 8 == 0: time.sleep(0.012)
                write('\x1b[?2026l')
                # On a machine that is busy a frame may take longer than it is waited for.
                if time.monotonic() - start > 0.1: print(frame, file=slow, flush=True)
                time.sleep(0.01)
            write('\x1b[2J\x1b[Hdone')
            sys.stdin.readline()
            """);
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, ["/usr/bin/python3", script, slow]);

        // A client of ours: its screen is a whole state at any moment, while tmux may be looked at in the midst of what stock's client wrote to it.
        using ClientSwarm swarm = new();
        SwarmClient client = swarm.Join(0, session.On(IPAddress.Loopback), session.Key, IPAddress.Loopback);
        Type(swarm, client, "\r");
        HashSet<string> seen = new(StringComparer.Ordinal);
        await Eventually.TrueAsync(
            () =>
            {
                string screen = swarm.With(() => client.Screen);
                seen.Add(screen);
                return screen.StartsWith("done", StringComparison.Ordinal);
            },
            "the end of the frames",
            TimeSpan.FromSeconds(60));
        Type(swarm, client, "\r");
        string[][] frames = [.. seen.Select(screen => screen.TrimEnd().Split('\n')).Where(rows => rows[0].Length == 75)];
        Assert.NotEmpty(frames);
        string[] slowFrames = await File.ReadAllLinesAsync(slow);
        Assert.All(
            frames.Where(rows => rows.Length != 24 || rows.Any(row => row != rows[0])),
            rows => Assert.True(slowFrames.Any(frame => rows.Any(row => row.Contains(frame, StringComparison.Ordinal))), string.Join('\n', rows)));
    }

    private static void Type(ClientSwarm swarm, SwarmClient client, string keys) => swarm.With(() =>
    {
        client.Type(keys, "");
        return true;
    });

    private async Task<TmuxTerminal> StartAsync(params IReadOnlyList<string> program)
    {
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, program);
        return await MoshTerminal.ClientAsync(session, _home);
    }
}
