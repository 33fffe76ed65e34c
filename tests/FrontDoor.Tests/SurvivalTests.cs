namespace MoshBroker.FrontDoor.Tests;

/// <summary>What becomes of whom the front door let in when the broker is killed and started again.</summary>
public sealed class SurvivalTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private SmallDoor _door = null!;

    public async Task InitializeAsync()
    {
        _door = await SmallDoor.MakeAsync(hasMore: true);
        await _door.StartAsync(null, [], RunningBroker.Launcher);
    }

    public async Task DisposeAsync()
    {
        await _door.Account.RunAsync("tmux", "-S", _door.Account.Home.File("tmux"), "kill-server");
        await _door.DisposeAsync();
    }

    [Theory]
    [InlineData("web")]
    [InlineData("shell")]
    public async Task A_target_goes_on_with_its_client_and_its_end_is_the_sessions(string target)
    {
        await using TmuxTerminal terminal = await _door.MoshAsync("root", target);
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("x=kept\r");
        await terminal.WaitForTextAsync("p2>", Long);
        await KilledAsync();
        await terminal.TypeAsync("echo $x-$((1+1))\r");
        await terminal.WaitForTextAsync("kept-2", Long);
        // A second broker knows of it by what the first one left; a third by what the second did.
        await KilledAsync();
        await terminal.TypeAsync("echo $x-$((1+2))\r");
        await terminal.WaitForTextAsync("kept-3", Long);
        await terminal.TypeAsync("exit\r");
        TerminalScreen end = await terminal.WaitForEndAsync(Long);
        Assert.Equal(0, end.ExitStatus);
        Assert.False(end.Shows("is lost"), end.ToString());
        await Eventually.TrueAsync(async () => (await _door.Broker.CommandAsync("audit", "--json", "--event", "session.end")).Output.Contains("user_exit", StringComparison.Ordinal), "the end stands in the trail", Long);
    }

    [Fact]
    public async Task A_connection_that_breaks_after_the_restart_is_entered_again()
    {
        await using TmuxTerminal terminal = await _door.MoshAsync("root", "kept");
        await terminal.WaitForTextAsync("broker-", Long);
        await terminal.TypeAsync("echo kept-$((1+1))\r");
        await terminal.WaitForTextAsync("kept-2", Long);
        await KilledAsync();
        await terminal.TypeAsync("echo again-$((1+1))\r");
        await terminal.WaitForTextAsync("again-2", Long);
        await _door.Host.KillAsync();
        await terminal.WaitForTextAsync("trying again in", Long);
        // Killed while it waits for the next try, it goes on trying.
        await KilledAsync();
        await _door.Host.StartAsync();
        await terminal.WaitForAsync(screen => screen.Shows("kept-2") && screen.Shows("again-2") && screen.Shows("broker-"), "the tmux that lived on", Long);
    }

    [Fact]
    public async Task The_menu_comes_back_and_so_does_who_looked_at_a_session_from_it()
    {
        await using TmuxTerminal shell = await _door.MoshAsync("root", "shell");
        await shell.WaitForTextAsync("p1>", Long);
        string id = (await _door.Broker.LiveAsync())[^1];
        await using TmuxTerminal menu = await _door.MoshAsync("root");
        await menu.WaitForTextAsync("Where to?", Long);
        await KilledAsync();
        await menu.TypeAsync(id);
        await menu.WaitForAsync(screen => screen.Shows($"> {id}") && screen.Shows("Where to?"), "the menu, and what was typed", Long);
        await menu.TypeAsync("\r");
        await menu.WaitForTextAsync("p1>", Long);
        await menu.TypeAsync("echo both-$((1+1))\r");
        await shell.WaitForTextAsync("both-2", Long);
        await menu.WaitForTextAsync("both-2", Long);

        await KilledAsync();
        await menu.WaitForTextAsync("Where to?", Long);
        await shell.TypeAsync("echo alone-$((1+2))\r");
        await shell.WaitForTextAsync("alone-3", Long);
        await menu.TypeAsync("web\r");
        await menu.WaitForTextAsync("p1>", Long);
        await menu.TypeAsync("exit\r");
        Assert.Equal(0, (await menu.WaitForEndAsync(Long)).ExitStatus);
        await shell.TypeAsync("exit\r");
        Assert.Equal(0, (await shell.WaitForEndAsync(Long)).ExitStatus);
    }

    [Fact]
    public async Task A_plain_terminal_ends_with_the_broker_and_its_session_waits_for_whoever_comes_back()
    {
        await using TmuxTerminal first = await _door.PlainAsync("root", "shell");
        await first.WaitForTextAsync("p1>", Long);
        await first.TypeAsync("x=kept\r");
        await first.WaitForTextAsync("p2>", Long);
        await KilledAsync();
        Assert.NotEqual(0, (await first.WaitForEndAsync(Long)).ExitStatus);
        await using TmuxTerminal second = await _door.PlainAsync("root", "attach");
        await second.TypeAsync("echo $x-$((1+1))\r");
        await second.WaitForTextAsync("kept-2", Long);
        await second.TypeAsync("exit\r");
        Assert.Equal(0, (await second.WaitForEndAsync(Long)).ExitStatus);
    }

    [Fact]
    public async Task Who_comes_while_no_broker_runs_waits_and_is_let_in()
    {
        await _door.Broker.KillAsync();
        await using TmuxTerminal early = await _door.PlainAsync("root", "shell");
        // Were nobody listening, it would have ended at once.
        await Eventually.TrueAsync(() => Waiting() > 0, "its connection waits", Long);
        await _door.Broker.RunAsync();
        await early.WaitForTextAsync("p1>", Long);
        await early.TypeAsync("exit\r");
        Assert.Equal(0, (await early.WaitForEndAsync(Long)).ExitStatus);
    }

    [Fact]
    public async Task An_upgrade_leaves_connections_to_targets_as_they_are()
    {
        RunningBroker supervised = await _door.StartAnotherAsync("--supervise");
        await using TmuxTerminal terminal = await _door.MoshAsync("root", "web");
        await terminal.WaitForTextAsync("p1>", Long);
        int first = await supervised.ServingAsync(not: 0);
        IReadOnlyList<int> masters = Masters.Of(supervised);
        CommandResult upgrade = await supervised.CommandAsync("upgrade");
        Assert.True(upgrade.ExitCode == 0, upgrade.Error);
        _ = await supervised.ServingAsync(not: first);
        await terminal.TypeAsync("echo still-$((1+1))\r");
        await terminal.WaitForTextAsync("still-2", Long);
        Assert.Equal(masters, Masters.Of(supervised));
        await terminal.TypeAsync("exit\r");
        Assert.Equal(0, (await terminal.WaitForEndAsync(Long)).ExitStatus);
    }

    /// <summary>Connections to the door that the kernel has made and nobody has accepted.</summary>
    private int Waiting() => File.ReadLines("/proc/net/tcp").Count(line =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var local, _, "01", ..] && local.EndsWith($":{_door.Port:X4}", StringComparison.Ordinal));

    private async Task KilledAsync()
    {
        await _door.Broker.KillAsync();
        await _door.Broker.RunAsync();
    }
}
