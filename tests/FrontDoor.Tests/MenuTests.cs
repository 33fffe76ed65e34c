namespace MoshBroker.FrontDoor.Tests;

/// <summary>The menu that somebody gets who names no target.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class MenuTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Who_names_no_target_chooses_one_and_is_there()
    {
        await door.CloseAllAsync();
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann);
        // There are more targets than rows: the one that is meant is found by typing.
        TerminalScreen menu = await terminal.WaitForTextAsync("behind", Long);
        Assert.True(menu.Shows("Where to?") && menu.Shows("ann@acme") && !menu.Shows("secret"), menu.ToString());
        await terminal.TypeAsync("she");
        await terminal.WaitForAsync(screen => screen.Shows("> she") && !screen.Shows("kept"), "the filter holds", Long);
        await terminal.TypeAsync("\r");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("echo there-$((1+1)); stty size\r");
        await terminal.WaitForTextAsync("there-2", Long);
        await terminal.WaitForTextAsync("24 80", Long);
        string shown = (await door.Broker.CommandAsync("sessions", "list")).Output;
        Assert.Contains("shell", shown, StringComparison.Ordinal);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task A_live_session_that_is_chosen_is_seen_and_used_in_the_menus_window_and_goes_on_without_it()
    {
        await door.CloseAllAsync();
        await using TmuxTerminal first = await door.MoshAsync(door.Ann, "shell");
        await first.WaitForTextAsync("p1>", Long);
        await first.TypeAsync("echo first-$((1+1))\r");
        await first.WaitForTextAsync("first-2", Long);
        string id = await door.NewestAsync();

        await using TmuxTerminal second = await door.PlainAsync(door.Ann);
        await second.WaitForTextAsync(id, Long);
        await second.TypeAsync("\r");
        await second.WaitForTextAsync("first-2", Long);
        await second.TypeAsync("echo second-$((1+2))\r");
        await first.WaitForTextAsync("second-3", Long);
        await second.ResizeAsync(90, 20);
        await second.TypeAsync("clear; stty size\r");
        await second.WaitForTextAsync("20 90", Long);
        Command.Kill(await second.ProcessIdAsync());

        await first.TypeAsync("echo still-$((2+2))\r");
        await first.WaitForTextAsync("still-4", Long);
        await first.TypeAsync("exit\r");
        await first.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task What_was_chosen_and_its_window_end_with_the_program()
    {
        await door.CloseAllAsync();
        await using TmuxTerminal first = await door.PlainAsync(door.Ann, "shell");
        await first.WaitForTextAsync("p1>", Long);
        string id = await door.NewestAsync();
        await using TmuxTerminal second = await door.MoshAsync(door.Ann);
        await second.WaitForTextAsync(id, Long);
        await second.TypeAsync("\r");
        await second.WaitForTextAsync("p1>", Long);
        await second.TypeAsync("exit\r");
        await second.WaitForEndAsync(Long);
        Assert.Equal(0, (await first.WaitForEndAsync(Long)).ExitStatus);
        Assert.Empty(await door.Broker.LiveAsync());
    }

    [Fact]
    public async Task A_target_that_cannot_be_had_leads_back_to_the_menu_with_one_line()
    {
        await door.ReloadAsync(); // New connections for it.
        await door.Host.KillAsync();
        try
        {
            await using TmuxTerminal terminal = await door.MoshAsync(door.Ann);
            await terminal.WaitForTextAsync("Where to?", Long);
            await terminal.TypeAsync("web");
            await terminal.WaitForAsync(screen => screen.Shows("> web") && !screen.Shows("behind"), "the filter holds", Long);
            await terminal.TypeAsync("\r");
            await terminal.WaitForAsync(screen => screen.Shows("web: it refuses the connection") && screen.Shows("Where to?"), "the menu, with the reason", Long);
            await terminal.TypeAsync("\u0003");
            await terminal.WaitForEndAsync(Long);
        }
        finally
        {
            await door.Host.StartAsync();
        }
    }

    [Fact]
    public async Task Nobody_is_shown_what_another_tenant_has()
    {
        await using TmuxTerminal terminal = await door.PlainAsync(door.Eve);
        TerminalScreen menu = await terminal.WaitForTextAsync("secret", Long);
        Assert.False(menu.Shows("shell") || menu.Shows("web") || menu.Shows("acme"), menu.ToString());
        await terminal.TypeAsync("q");
        Assert.Equal(0, (await terminal.WaitForEndAsync(Long)).ExitStatus);
    }

    [Fact]
    public async Task The_watched_are_told_who_watches_and_that_it_is_over()
    {
        await door.CloseAllAsync();
        await using TmuxTerminal watched = await door.MoshAsync(door.Ann, "shell");
        await watched.WaitForTextAsync("p1>", Long);
        await using TmuxTerminal watcher = await door.MoshAsync(door.Bob, "watch", await door.NewestAsync());
        await watched.WaitForTextAsync("bob is watching this session.", Long);
        await watcher.TypeAsync("\u001e."); // Ctrl-^ and a dot: the client quits.
        await watcher.WaitForEndAsync(Long);
        await watched.WaitForAsync(screen => !screen.Shows("is watching"), "the note is gone", Long);
        await watched.TypeAsync("exit\r");
        await watched.WaitForEndAsync(Long);
    }
}
