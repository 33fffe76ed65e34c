namespace MoshBroker.FrontDoor.Tests;

/// <summary>Sessions with more than one way to them.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class SessionTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Plain_ssh_reaches_a_session_and_restores_the_terminal()
    {
        await using TmuxTerminal terminal = await door.PlainAsync(door.Ann, "shell");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("echo $((6*7)); stty size\r");
        await terminal.WaitForTextAsync("42", Long);
        await terminal.WaitForTextAsync("24 80", Long);
        await terminal.ResizeAsync(100, 30);
        await terminal.TypeAsync("clear; stty size\r");
        await terminal.WaitForTextAsync("30 100", Long);
        await terminal.TypeAsync("exit\r");
        TerminalScreen end = await terminal.WaitForEndAsync(Long);
        Assert.Equal(0, end.ExitStatus);
        Assert.True(end.Shows("[the session is over]"), end.ToString());
    }

    [Fact]
    public async Task By_plain_ssh_too_one_pages_through_what_has_left_the_screen()
    {
        await using TmuxTerminal terminal = await door.PlainAsync(door.Ann, "shell");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("for i in $(seq 500); do echo line $i.; done\r");
        await terminal.WaitForAsync(s => s.HasRow("line 500.") && s.LastRow == "p2>", "the present", Long);
        await terminal.TypeAsync("\e[5;2~");
        TerminalScreen back = await terminal.WaitForAsync(s => s.Shows(" scrolled back 22 lines of "), "a page back", Long);
        Assert.Equal(("line 456.", "line 478."), (back.Rows[0], back.Rows[22]));
        await terminal.TypeAsync("e");
        await terminal.WaitForAsync(s => s.LastRow == "p2> e" && s.HasRow("line 500."), "the present, and the key", Long);
        await terminal.TypeAsync("xit\u0015exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task Mosh_and_plain_ssh_see_one_session_and_the_killed_client_comes_back()
    {
        await door.CloseAllAsync();
        await using (TmuxTerminal first = await door.MoshAsync(door.Ann, "shell"))
        {
            await first.WaitForTextAsync("p1>", Long);
            string id = await door.NewestAsync();
            await using TmuxTerminal second = await door.PlainAsync(door.Ann, "attach", id);
            await second.WaitForTextAsync("p1>", Long);
            await second.TypeAsync("echo from-$((1+1))\r");
            await first.WaitForTextAsync("from-2", Long);
            await first.TypeAsync("echo back-$((1+2))\r");
            await second.WaitForTextAsync("back-3", Long);
            Command.Kill(await first.ProcessIdAsync());
        }

        await using TmuxTerminal again = await door.MoshAsync(door.Ann, "attach", "--take");
        TerminalScreen screen = await again.WaitForTextAsync("back-3", Long);
        Assert.True(screen.Shows("from-2"), screen.ToString());
        await again.TypeAsync("exit\r");
        await again.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task Nobody_attaches_to_what_is_not_his()
    {
        await door.CloseAllAsync();
        await door.OpenAsync(door.Ann, "'shell'");
        string id = await door.NewestAsync();
        Assert.Contains($"you have no session '{id}'", (await door.OpenAsync(door.Bob, $"'attach' '{id}'")).Error, StringComparison.Ordinal);
        Assert.Contains($"you have no session '{id}'", (await door.OpenAsync(door.Eve, $"'attach' '{id}'")).Error, StringComparison.Ordinal);
        Assert.Contains(id, (await door.SshAsync(door.Ann, "list")).Output, StringComparison.Ordinal);
        Assert.Contains($"Closed {id}", (await door.SshAsync(door.Ann, "close", id)).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(id, (await door.SshAsync(door.Ann, "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watcher_sees_and_cannot_type()
    {
        await door.CloseAllAsync();
        await using TmuxTerminal watched = await door.MoshAsync(door.Ann, "shell");
        await watched.WaitForTextAsync("p1>", Long);
        string id = await door.NewestAsync();
        Assert.Contains("that you may watch", (await door.OpenAsync(door.Eve, $"'watch' '{id}'")).Error, StringComparison.Ordinal);
        await using TmuxTerminal watcher = await door.MoshAsync(door.Bob, "watch", id);
        await watcher.WaitForTextAsync("p1>", Long);
        await watcher.TypeAsync("echo never-$((1+1))\r");
        await watched.TypeAsync("echo seen-$((2+2))\r");
        await watcher.WaitForTextAsync("seen-4", Long);
        Assert.False((await watched.ScreenAsync()).Shows("never"), "what a watcher typed reached the program");
        await watched.TypeAsync("exit\r");
        await watched.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task An_operator_watches_in_his_own_terminal_and_has_it_back_afterwards()
    {
        await door.CloseAllAsync();
        await using TmuxTerminal watched = await door.MoshAsync(door.Ann, "shell");
        await watched.WaitForTextAsync("p1>", Long);
        string id = await door.NewestAsync();
        await using TmuxTerminal operatorsOwn = await TmuxTerminal.StartAsync(
            ["/bin/sh", "-c", $"stty -a >{door.Home.File("before")}; {Command.Quote([RunningBroker.Launcher, "sessions", "watch", id, "--broker", door.Broker.Socket])}; s=$?; stty -a >{door.Home.File("after")}; exit $s"],
            door.Home.Environment);
        await operatorsOwn.WaitForTextAsync("p1>", Long);
        await watched.WaitForTextAsync("is watching this session.", Long);
        await operatorsOwn.TypeAsync("echo never\r");
        await watched.TypeAsync("echo seen-$((2+2))\r");
        await operatorsOwn.WaitForTextAsync("seen-4", Long);
        await operatorsOwn.ResizeAsync(60, 12);
        await watched.TypeAsync("clear; echo; echo small-$((1+2))\r"); // The first row is the note's.
        await operatorsOwn.WaitForTextAsync("small-3", Long);
        Assert.False((await watched.ScreenAsync()).Shows("never"), "what an operator typed reached the program");
        await operatorsOwn.TypeAsync("q");
        TerminalScreen end = await operatorsOwn.WaitForEndAsync(Long);
        Assert.Equal(0, end.ExitStatus);
        Assert.True(end.Shows("[no longer watching]"), end.ToString());
        static string Modes(string text) => text[(text.IndexOf(';', text.IndexOf("columns", StringComparison.Ordinal)) + 1)..];
        Assert.Equal(Modes(await File.ReadAllTextAsync(door.Home.File("before"))), Modes(await File.ReadAllTextAsync(door.Home.File("after"))));
        await watched.WaitForAsync(screen => !screen.Shows("is watching"), "the note is gone", Long);
        await watched.TypeAsync("exit\r");
        await watched.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task A_locked_session_shows_nothing_to_plain_ssh_either()
    {
        await door.CloseAllAsync();
        string key = (await Command.RunAsync(["/usr/bin/ssh-keygen", "-lf", door.Bob.Path + ".pub"])).Output.Split(' ')[1];
        await using TmuxTerminal terminal = await door.PlainAsync(door.Bob, "shell");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("echo secret-$((6*7))\r");
        await terminal.WaitForTextAsync("secret-42", Long);
        TerminalScreen locked;
        await using (await door.ChangedAsync(revoked: key)) { locked = await terminal.WaitForTextAsync("This session is locked", Long); }
        Assert.False(locked.Shows("secret-42"), locked.ToString());
        await using TmuxTerminal fresh = await door.PlainAsync(door.Bob, "attach");
        await fresh.WaitForTextAsync("secret-42", Long);
        await terminal.WaitForTextAsync("secret-42", Long);
        await fresh.TypeAsync("exit\r");
        await fresh.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task Who_is_at_plain_ssh_where_he_may_no_longer_be_is_told_and_his_session_goes_on()
    {
        await door.CloseAllAsync();
        await using TmuxTerminal terminal = await TmuxTerminal.StartAsync([.. door.Ssh(door.Ann, "-b", "127.0.0.7"), "-t", "root@127.0.0.1", "shell"], door.Home.Environment);
        await terminal.WaitForTextAsync("p1>", Long);
        TerminalScreen end;
        await using (await door.ChangedAsync(networks: "127.0.0.1")) { end = await terminal.WaitForEndAsync(Long); }
        Assert.Equal(1, end.ExitStatus);
        Assert.True(end.Shows("you may not connect from this network"), end.ToString());
        Assert.Single(await door.Broker.LiveAsync());
        await door.CloseAllAsync();
    }

    [Fact]
    public async Task A_list_under_mosh_is_the_sessions_screen()
    {
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "list");
        await terminal.WaitForTextAsync("shell", Long);
        await terminal.TypeAsync("q");
        await terminal.WaitForEndAsync(Long);
    }
}
