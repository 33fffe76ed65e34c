using System.Globalization;
using System.Net;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>The broker's process dies, and nothing else does.</summary>
[Collection(InteropGroup.Name)]
public sealed class SurvivalTests : IDisposable
{
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(30); // Ten times the goal.

    // A short form runs with all tests; MOSHBROKER_SURVIVAL_KILLS=50 for the long one.
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("MOSHBROKER_SURVIVAL_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 6;

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_shell_and_its_client_go_on_when_the_broker_is_killed_and_started_again()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("x=kept; echo bef''ore\r");
        await terminal.WaitForAsync(s => s.HasRow("before") && s.Shows("p2>"), "the answer and the next prompt");

        await broker.KillAsync();
        await terminal.TypeAsync("echo $x-whi''le\r");
        await broker.RunAsync();
        await terminal.WaitForAsync(s => s.HasRow("kept-while") && s.Shows("p3>"), "what was typed while nobody was there", Recovery);

        // A second life is no more the last one than the first was.
        await broker.KillAsync();
        await broker.RunAsync();
        await terminal.TypeAsync("echo $x-af''ter\r");
        await terminal.WaitForAsync(s => s.HasRow("before") && s.HasRow("kept-after") && s.Shows("p4>"), "the whole screen", Recovery);
        Assert.Equal([session.Id], await broker.LiveAsync());
        await terminal.TypeAsync("exit\r");
        Assert.Equal(0, (await terminal.WaitForEndAsync()).ExitStatus);
        Assert.Empty(relay.RepeatedNonces);
        Assert.Empty(await broker.LiveAsync());
    }

    [Fact]
    public async Task A_session_whose_client_has_not_come_yet_waits_for_it_across_a_kill()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await broker.KillAsync();
        await broker.RunAsync();
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>", Recovery);
    }

    [Fact]
    public async Task A_client_behind_the_shared_port_goes_on_too()
    {
        string port = FreePorts.Range(1).Split(':')[0];
        await using RunningBroker broker = await RunningBroker.StartAsync($"shared:{port}");
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        await broker.KillAsync();
        await broker.RunAsync();
        await terminal.TypeAsync("echo af''ter\r");
        await terminal.WaitForAsync(s => s.HasRow("after") && s.Shows("p2>"), "the answer", Recovery);
    }

    [Fact]
    public async Task Behind_the_shared_port_a_client_is_found_again_by_its_number_however_far_it_is()
    {
        const ulong Far = 1_000_000; // Beyond what a stranger's number may be ahead.
        string port = FreePorts.Range(1).Split(':')[0];
        await using RunningBroker broker = await RunningBroker.StartAsync($"shared:{port}");
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        using WireClient client = new(session);
        client.SendInstruction(0, 1, ProtobufFields.Resize(80, 24));
        Assert.NotNull(await client.ReceiveUntilAsync(last => last.AckNum == 1, Recovery));
        client.Sequence = Far;
        client.SendInstruction(1, 2, []);
        Assert.NotNull(await client.ReceiveUntilAsync(last => last.AckNum == 2, Recovery));
        await broker.KillAsync();
        await broker.RunAsync();
        // Its address alone would find it; from another one only the number does.
        using WireClient moved = new(session) { Sequence = Far + 10 };
        moved.SendInstruction(2, 3, []);
        Assert.NotNull(await moved.ReceiveUntilAsync(last => last.AckNum == 3, Recovery));
    }

    [Fact]
    public async Task Every_key_arrives_once_and_in_order_however_often_the_broker_is_killed()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        string typed = _home.File("typed");
        OpenedSession session = await broker.OpenAsync(_home.Environment, ["/bin/sh", "-c", $"stty raw -echo; echo ready; exec cat > {typed}"]);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("ready");

        using CancellationTokenSource done = new();
        int count = 0;
        Task typing = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await terminal.TypeAsync((count++).ToString("D5", CultureInfo.InvariantCulture) + " ");
                await Task.Delay(5);
            }
        });
        Random random = new(7);
        for (int kill = 0; kill < Kills; kill++)
        {
            // At a moment that nothing determines.
            await Task.Delay(random.Next(50, 400));
            await broker.KillAsync();
            await broker.RunAsync();
        }

        await done.CancelAsync();
        await typing;
        string expected = string.Concat(Enumerable.Range(0, count).Select(number => number.ToString("D5", CultureInfo.InvariantCulture) + " "));
        await Eventually.TrueAsync(() => new FileInfo(typed).Length >= expected.Length, "all keys have arrived", Recovery);
        Assert.Equal(expected, await File.ReadAllTextAsync(typed));
        Assert.Empty(relay.RepeatedNonces);
    }

    [Fact]
    public async Task The_fd_store_alone_may_die_and_gets_everything_again()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        int first = await broker.StoreAsync(not: 0);
        Command.Kill(first);
        _ = await broker.StoreAsync(not: first);

        await broker.KillAsync();
        await broker.RunAsync();
        await terminal.TypeAsync("echo af''ter\r");
        await terminal.WaitForAsync(s => s.HasRow("after") && s.Shows("p2>"), "the answer", Recovery);
    }

    [Fact]
    public async Task A_session_whose_program_ended_while_nobody_was_there_ends_and_its_client_leaves()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        OpenedSession session = await broker.OpenAsync(_home.Environment, ["/bin/sh", "-c", "echo $$; exec sleep 1d"]);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        TerminalScreen screen = await terminal.WaitForAsync(s => s.Rows[0].Length > 0, "the program's number");
        await broker.KillAsync();
        Command.Kill(int.Parse(screen.Rows[0], CultureInfo.InvariantCulture));
        await broker.RunAsync();
        Assert.Equal(0, (await terminal.WaitForEndAsync(Recovery)).ExitStatus);
        await Eventually.TrueAsync(async () => (await broker.LiveAsync()).Count == 0, "the session is over");
    }

    [Fact]
    public async Task A_supervised_broker_that_is_killed_is_started_again_and_one_that_is_upgraded_leaves_its_sessions_to_the_next()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(more: "--supervise");
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>");
        int first = await broker.ServingAsync(not: 0);
        Command.Kill(first);
        await terminal.TypeAsync("echo kil''led\r");
        await terminal.WaitForAsync(s => s.HasRow("killed") && s.Shows("p2>"), "the answer of the second broker", Recovery);

        int second = await broker.ServingAsync(not: first);
        CommandResult upgrade = await broker.CommandAsync("upgrade");
        Assert.True(upgrade.ExitCode == 0, upgrade.Error);
        int third = await broker.ServingAsync(not: second);
        await terminal.TypeAsync("echo upgra''ded\r");
        await terminal.WaitForAsync(s => s.HasRow("killed") && s.HasRow("upgraded") && s.Shows("p3>"), "the answer of the third broker", Recovery);
        Assert.NotEqual(second, third);
        Assert.Equal([session.Id], await broker.LiveAsync());
        Assert.Empty(relay.RepeatedNonces);
    }

    [Fact]
    public async Task A_recording_goes_on_in_its_file_across_a_kill_and_an_upgrade_and_the_trail_with_it()
    {
        string policy = _home.Write("policy.yaml", "version: 1\ndrop_in: { recording: { mode: required } }\n");
        await using RunningBroker broker = await RunningBroker.StartAsync(null, null, "--supervise", "--policy", policy);
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        await terminal.WaitForTextAsync("p1>");
        await terminal.TypeAsync("echo fir''st\r");
        await terminal.WaitForTextAsync("first", Recovery);
        int serving = await broker.ServingAsync(not: 0);
        Command.Kill(serving);
        await terminal.TypeAsync("echo sec''ond\r");
        await terminal.WaitForTextAsync("second", Recovery);
        serving = await broker.ServingAsync(not: serving);
        await Eventually.TrueAsync(async () => (await broker.CommandAsync("upgrade")).ExitCode == 0, "it hands over", Recovery);
        _ = await broker.ServingAsync(not: serving);
        await terminal.TypeAsync("echo thi''rd\r");
        await terminal.WaitForTextAsync("third", Recovery);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Recovery);

        string cast = Assert.Single(Directory.GetFiles(Path.Combine(broker.DataFolder, "recordings", "drop-in"), "*.cast"));
        CommandResult verified = new(1, "", "");
        await Eventually.TrueAsync(
            async () => (verified = await Command.RunAsync([RunningBroker.Launcher, "recording", "verify", cast, "--data", broker.DataFolder], _home.Environment)).Output.Contains("it is complete", StringComparison.Ordinal),
            "the recording is whole", Recovery, () => verified.Output + verified.Error);
        string recorded = await File.ReadAllTextAsync(cast);
        Assert.Equal(3, recorded.Split("broker restarted").Length);
        // A killed broker takes what was not on the disk with it, but not what is on the screen.
        Assert.All(["first", "second", "third"], word => Assert.Contains(word, recorded, StringComparison.Ordinal));
        CommandResult trail = await broker.CommandAsync("audit", "verify");
        Assert.True(trail.ExitCode == 0, trail.Error);
        string events = (await broker.CommandAsync("audit", "--session", session.Id)).Output;
        Assert.Equal(1, events.Split("session.start").Length - 1);
        Assert.Equal(2, events.Split("session.resume").Length - 1);
        Assert.Equal(1, events.Split("session.end").Length - 1);
    }

    [Fact]
    public async Task A_supervisor_that_is_told_to_stop_while_no_broker_runs_ends_the_sessions_and_their_clients_are_told()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync(more: "--supervise");
        OpenedSession session = await broker.OpenAsync(_home.Environment, ["/bin/sh", "-c", "echo $$; exec sleep 1d"]);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, _home);
        TerminalScreen screen = await terminal.WaitForAsync(s => s.Rows[0].Length > 0, "the program's number");
        int program = int.Parse(screen.Rows[0], CultureInfo.InvariantCulture);
        int store = await broker.StoreAsync(not: 0);
        // A supervisor that is stopped cannot start another one before it is told to stop.
        int serving = await broker.ServingAsync(not: 0);
        await Command.SignalAsync(broker.ProcessId, "STOP");
        Command.Kill(serving);
        await Command.SignalAsync(broker.ProcessId, "TERM");
        await Command.SignalAsync(broker.ProcessId, "CONT");
        Assert.Equal(0, (await terminal.WaitForEndAsync(Recovery)).ExitStatus);
        await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{program}") && !Directory.Exists($"/proc/{store}"), "program and store have ended", Recovery);
    }

    [Fact]
    public async Task A_service_manager_that_keeps_descriptors_is_a_store_as_good_as_ours_and_upgrades_it_too()
    {
        using Scratch folder = new();
        await using RunningBroker broker = await RunningBroker.StartAsync(null, ["/usr/bin/python3", Repository.Path("tests", "Interop.Tests", "scripts", "service_manager.py"), folder.Path]);
        OpenedSession session = await broker.OpenAsync(_home.Environment, SessionHome.Bash);
        using var relay = new ImpairmentRelay(session.On(IPAddress.Loopback));
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>", Recovery);
        int first = await ServingAsync(not: 0);
        Assert.False(File.Exists(Path.Combine(broker.DataFolder, "fdstore.sock")), "ours was started too");
        Command.Kill(first);
        await terminal.TypeAsync("echo kil''led\r");
        await terminal.WaitForAsync(s => s.HasRow("killed") && s.Shows("p2>"), "the answer of the second broker", Recovery);
        int second = await ServingAsync(not: first);
        CommandResult upgrade = new(1, "", "");
        await Eventually.TrueAsync(async () => (upgrade = await broker.CommandAsync("upgrade")).ExitCode == 0, "it hands over", Recovery, () => upgrade.Error);
        _ = await ServingAsync(not: second);
        await terminal.TypeAsync("echo upgra''ded\r");
        await terminal.WaitForAsync(s => s.HasRow("upgraded") && s.Shows("p3>"), "the answer of the third broker", Recovery);
        await Eventually.TrueAsync(() => File.ReadAllText(folder.File("ready")) == "3", "each said that it is ready", Recovery);
        Assert.Empty(relay.RepeatedNonces);
        await broker.StopAsync();
        Assert.Equal(0, (await terminal.WaitForEndAsync(Recovery)).ExitStatus);

        async Task<int> ServingAsync(int not)
        {
            int found = 0;
            await Eventually.TrueAsync(() => int.TryParse(File.Exists(folder.File("pid")) ? File.ReadAllText(folder.File("pid")) : "", CultureInfo.InvariantCulture, out found) && found != not, "a broker is started", Recovery);
            return found;
        }
    }

    [Fact]
    public async Task A_broker_that_nobody_would_start_again_refuses_to_hand_over_and_goes_on()
    {
        await using RunningBroker broker = await RunningBroker.StartAsync();
        CommandResult upgrade = await broker.CommandAsync("upgrade");
        Assert.NotEqual(0, upgrade.ExitCode);
        Assert.Contains("--supervise", upgrade.Error, StringComparison.Ordinal);
        Assert.Empty(await broker.LiveAsync());
    }
}
