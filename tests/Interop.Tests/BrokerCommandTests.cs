using System.Text.Json;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>What only a broker has: sessions that can be listed, shown and closed, and a socket that may be missing.</summary>
[Collection(InteropGroup.Name)]
public sealed class BrokerCommandTests(InteropFixture fixture) : IDisposable
{
    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Open_without_a_broker_says_so_in_one_line_and_ends_with_one()
    {
        CommandResult result = await Command.RunAsync(
            [RunningBroker.Launcher, "open", "--broker", _home.File("nobody.sock"), "new", "-i", "127.0.0.1", "--", "true"], _home.Environment);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains(_home.File("nobody.sock"), Assert.Single(result.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_brokers_ports_are_used_up_open_says_so_and_the_sessions_go_on()
    {
        string ports = FreePorts.Range(2);
        await using RunningBroker broker = await RunningBroker.StartAsync(ports);
        OpenedSession first = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        CommandResult third = await broker.RunOpenAsync(["-i", "127.0.0.1", "--", "true"], _home.Environment);
        Assert.Equal((1, ""), (third.ExitCode, third.Output));
        Assert.Contains("port", Assert.Single(third.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(first, _home);
        await terminal.WaitForTextAsync("p1>");
    }

    [Fact]
    public async Task Ports_outside_the_brokers_own_are_refused_in_the_words_that_the_wrapper_looks_for()
    {
        CommandResult result = await fixture.Broker.RunOpenAsync(["-i", "127.0.0.1", "-p", "1024:1030", "--", "true"], _home.Environment);
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("Bad UDP port", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_open_leaves_no_program_waiting()
    {
        string mark = "refused-" + Guid.NewGuid();
        CommandResult result = await fixture.Broker.RunOpenAsync(["-i", "127.0.0.1", "-p", "1024:1030", "--", "cat"], _home.With(("MARK", mark)));
        Assert.Equal(1, result.ExitCode);
        await Eventually.TrueAsync(() => !Directory.GetDirectories("/proc").Any(Has), "no process of the refused open is left");

        bool Has(string process)
        {
            try
            {
                return File.ReadAllText(Path.Combine(process, "environ")).Contains(mark, StringComparison.Ordinal);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                return false; // No process, or one that has just ended.
            }
        }
    }

    [Theory]
    [InlineData("close", "--idle", "soon")]
    [InlineData("close", "--idle", "-1")]
    [InlineData("close")]
    [InlineData("show", "no-such-session")]
    [InlineData("close", "no-such-session")]
    public async Task What_the_sessions_command_cannot_do_is_said_and_nothing_is_closed(params string[] words)
    {
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, SessionHome.Bash);
        CommandResult result = await fixture.Broker.CommandAsync(["sessions", .. words]);
        Assert.NotEqual(0, result.ExitCode);
        Assert.NotEqual("", result.Error);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Contains(session.Id, await fixture.Broker.LiveAsync());
    }

    [Fact]
    public async Task A_session_is_listed_and_shown_with_its_counters_and_closing_it_ends_its_client_cleanly()
    {
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home, 90, 30);
        await terminal.WaitForTextAsync("p1>");
        Assert.Contains(session.Id, await fixture.Broker.LiveAsync());

        JsonElement shown = await fixture.Broker.ShowAsync(session);
        Assert.Equal("attached", shown.GetProperty("state").GetString());
        Assert.Equal((90, 30), (shown.GetProperty("columns").GetInt32(), shown.GetProperty("rows").GetInt32()));
        JsonElement channel = Assert.Single(shown.GetProperty("channels").EnumerateArray());
        Assert.Equal(session.Port, channel.GetProperty("port").GetInt32());
        Assert.True(channel.GetProperty("datagramsIn").GetInt64() > 0);
        Assert.True(channel.GetProperty("datagramsOut").GetInt64() > 0);

        CommandResult closed = await fixture.Broker.CommandAsync("sessions", "close", session.Id);
        Assert.True(closed.ExitCode == 0, closed.Error);
        TerminalScreen end = await terminal.WaitForEndAsync();
        Assert.Equal(0, end.ExitStatus);
        Assert.Contains("[mosh is exiting.]", end.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(session.Id, await fixture.Broker.LiveAsync());
    }

    [Fact]
    public async Task Closing_what_is_idle_spares_a_session_whose_client_is_there()
    {
        OpenedSession left = await fixture.Broker.OpenAsync(_home.Environment, SessionHome.Bash);
        OpenedSession used = await fixture.Broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(used, _home);
        TmuxTerminal leaving = await MoshTerminal.ClientAsync(left, _home);
        await leaving.WaitForTextAsync("p1>");
        Command.Kill(await leaving.ProcessIdAsync());
        await leaving.WaitForEndAsync();
        await leaving.DisposeAsync();
        // A client sends something every three seconds; one that has not for five is gone.
        await Eventually.TrueAsync(
            async () => (await fixture.Broker.ShowAsync(left)).GetProperty("idleSeconds").GetDouble() > 5, "five idle seconds");
        CommandResult closed = await fixture.Broker.CommandAsync("sessions", "close", "--idle", "5");
        Assert.True(closed.ExitCode == 0, closed.Error);
        await Eventually.TrueAsync(async () => !(await fixture.Broker.LiveAsync()).Contains(left.Id, StringComparer.Ordinal), "the idle one is closed");
        Assert.Contains(used.Id, await fixture.Broker.LiveAsync());
        await terminal.TypeAsync("echo still-$((4 * 4))-here\r");
        await terminal.WaitForTextAsync("still-16-here");
    }

    [Fact]
    public async Task An_ended_sessions_port_answers_the_shutdown_for_ten_seconds_and_is_closed_then()
    {
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, ["true"]);
        using var peer = new WireClient(session);
        peer.SendInstruction(0, 1, ProtobufFields.Resize(80, 24));
        WireInstruction? end = await peer.ReceiveUntilAsync(i => i.NewNum == WireInstruction.Shutdown, TimeSpan.FromSeconds(30));
        Assert.NotNull(end);
        peer.SendInstruction(1, 2, [], ack: WireInstruction.Shutdown);

        // A client whose acknowledgement was lost asks again.
        peer.Received.Clear();
        peer.SendInstruction(1, WireInstruction.Shutdown, [], ack: WireInstruction.Shutdown);
        Assert.NotNull(await peer.ReceiveUntilAsync(i => i.AckNum == WireInstruction.Shutdown, TimeSpan.FromSeconds(30)));

        await Eventually.TrueAsync(() => FreePorts.IsFree(session.Port), "the port is closed", TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Dropped_datagrams_are_counted_by_reason()
    {
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        using var stranger = new WireClient(session with { Key = "AAECAwQFBgcICQoLDA0ODw" });
        for (int i = 0; i < 7; i++) { stranger.SendInstruction(0, 1, []); }
        for (int i = 0; i < 3; i++) { stranger.Send(new byte[10]); }
        for (int i = 0; i < 2; i++) { stranger.Send(MoshWire.Seal(session.Key, (1UL << 63) + (ulong)i, new byte[30])); }
        await Eventually.TrueAsync(
            async () =>
            {
                JsonElement drops = (await fixture.Broker.ShowAsync(session)).GetProperty("channels")[0].GetProperty("drops");
                return Count(drops, "auth_failed") == 7 && Count(drops, "short") == 3 && Count(drops, "direction") == 2;
            },
            "7 unauthentic, 3 short, 2 of the wrong direction");
    }

    [Fact]
    public async Task Neither_the_key_nor_what_is_typed_is_in_the_log()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("echo hunter2-$((1 + 1))\r");
        await terminal.WaitForTextAsync("hunter2-2");
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync();
        await Eventually.TrueAsync(() => broker.Log.Contains(session.Id, StringComparison.Ordinal), "the log names the session");
        Assert.DoesNotContain(session.Key, broker.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", broker.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_broker_on_the_same_socket_is_refused_and_the_first_goes_on()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        CommandResult second = await Command.RunAsync(
            [RunningBroker.Launcher, "serve", "--data", _home.File("data"), "--socket", broker.Socket, "--ports", FreePorts.Range(10), "--http", "off", "--metrics", "off"],
            SessionHome.Inherited());
        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains(broker.Socket, second.Error, StringComparison.Ordinal);
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
    }

    [Fact]
    public async Task The_message_of_the_day_is_shown_to_a_login_shell_unless_hushed()
    {
        string[] message = [.. (File.Exists("/etc/motd") ? await File.ReadAllLinesAsync("/etc/motd") : []).Where(line => line.Length is > 0 and < 80)];
        string expected = message.FirstOrDefault("p1>");
        OpenedSession hushed = await fixture.Broker.OpenAsync(_home.Environment, []);
        await using TmuxTerminal quiet = await MoshTerminal.ClientAsync(hushed, _home);
        TerminalScreen screen = await quiet.WaitForTextAsync("p1>");
        Assert.Equal("p1>", screen.Rows[0]);

        File.Delete(_home.File(".hushlogin"));
        OpenedSession greeted = await fixture.Broker.OpenAsync(_home.Environment, []);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(greeted, _home);
        screen = await terminal.WaitForTextAsync("p1>");
        Assert.Contains(expected.TrimEnd(), screen.Rows);
    }

    private static long Count(JsonElement drops, string reason) => drops.TryGetProperty(reason, out JsonElement count) ? count.GetInt64() : 0;
}
