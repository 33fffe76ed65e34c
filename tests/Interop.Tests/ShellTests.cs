using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

[Collection(InteropGroup.Name)]
public sealed class ShellTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_shell_echoes_what_is_typed_and_its_exit_ends_the_client_cleanly()
    {
        await using TmuxTerminal terminal = await MoshTerminal.WrapperAsync(fixture.Server, _home, SessionHome.Bash);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("echo hel''lo\r");
        await terminal.WaitForAsync(s => s.HasRow("hello") && s.Shows("p2>"), "the answer and the next prompt");
        await terminal.TypeAsync("exit 7\r");
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus); // The program's own status does not travel.
        Assert.Contains("[mosh is exiting.]", end.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_command_the_login_shell_runs_in_the_home_directory()
    {
        await using TmuxTerminal terminal = await MoshTerminal.WrapperAsync(fixture.Server, _home, []);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("echo $0:$PWD:\r");
        await terminal.WaitForTextAsync($"-bash:{_home.Path}:");
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(133, 41)]
    public async Task A_program_sees_the_clients_window_size_from_its_first_moment(int columns, int rows)
    {
        await using TmuxTerminal terminal = await MoshTerminal.WrapperAsync(
            fixture.Server, _home, ["/bin/sh", "-c", "stty size; read x"], columns, rows);
        await terminal.WaitForTextAsync($"{rows} {columns}");
    }

    [Fact]
    public async Task The_last_screen_of_a_short_program_is_shown_before_the_clean_end()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, ["/bin/sh", "-c", "stty size"]);
        using var relay = new ImpairmentRelay(session.On(System.Net.IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home, 101, 33);
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.Contains("[mosh is exiting.]", end.Text, StringComparison.Ordinal);
        // The client's screen is gone with its end; what it was sent holds the program's output.
        Assert.Contains("33 101", MoshWire.HostBytes(session.Key, relay.Captured), StringComparison.Ordinal);
        Assert.Empty(relay.RepeatedNonces);
    }

    [Fact]
    public async Task A_program_that_ends_at_once_ends_the_client_cleanly()
    {
        await using TmuxTerminal terminal = await MoshTerminal.WrapperAsync(fixture.Server, _home, ["true"]);
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.Contains("[mosh is exiting.]", end.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clients_quit_keys_end_the_session_and_hang_up_its_program()
    {
        string gone = _home.File("gone");
        OpenedSession session = await fixture.Server.OpenAsync(
            _home.Environment, ["/bin/bash", "-c", $"trap 'touch {gone}; exit' HUP; echo re''ady; while :; do read -r x; done"]);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("ready");
        await terminal.PressAsync(0x1E, (byte)'.');
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.Contains("[mosh is exiting.]", end.Text, StringComparison.Ordinal);
        await Eventually.TrueAsync(() => File.Exists(gone), "the program was hung up");
    }

    [Fact]
    public async Task Ten_sessions_at_once_keep_their_own_screens()
    {
        var terminals = new List<TmuxTerminal>();
        try
        {
            for (int i = 0; i < 10; i++)
            {
                OpenedSession session = await fixture.Server.OpenAsync(_home.With(("WHO", $"number-{i}")), SessionHome.Bash);
                terminals.Add(await MoshTerminal.ClientAsync(session, _home));
            }

            await Task.WhenAll(terminals.Select(async (terminal, i) =>
            {
                await terminal.WaitForTextAsync("p1>");
                await terminal.TypeAsync("echo I am $WHO.\r");
                TerminalScreen screen = await terminal.WaitForAsync(s => s.Shows("p2>"), "the second prompt");
                Assert.Contains($"I am number-{i}.", screen.Rows);
                Assert.Single(screen.Rows, row => row.StartsWith("I am number-", StringComparison.Ordinal));
                await terminal.TypeAsync("exit\r");
                Assert.Equal(0, (await terminal.WaitForEndAsync()).ExitStatus);
            }));
        }
        finally
        {
            foreach (TmuxTerminal terminal in terminals) { await terminal.DisposeAsync(); }
        }
    }

    [Fact]
    public async Task A_session_works_over_IPv6()
    {
        OpenedSession session = await fixture.Server.OpenAsync(_home.Environment, SessionHome.Bash, "-i", "::1", "-c", "256");
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home, address: System.Net.IPAddress.IPv6Loopback);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("seq -s: 20 28; exit\r");
        Assert.Equal(0, (await terminal.WaitForEndAsync()).ExitStatus);
    }
}
