namespace MoshBroker.FrontDoor.Tests;

/// <summary>Ways to other machines, and what is said when there is none.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class TargetPathTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Ten_accounts_of_one_machine_are_ten_targets()
    {
        PlainSession[] sessions = await Task.WhenAll(door.Crew.Select((_, number) => PlainSession.StartAsync(door, door.Ann, $"crew-{number}")));
        foreach ((PlainSession session, UnixAccount account) in sessions.Zip(door.Crew))
        {
            await using (session)
            {
                await session.TypeAsync("echo I-am-$(id -un)\r");
                await session.WaitForAsync($"I-am-{account.Name}");
                await session.TypeAsync("exit\r");
                Assert.Equal(0, await session.WaitForEndAsync());
            }
        }
    }

    [Fact]
    public async Task A_target_behind_another_is_reached_through_it_and_not_without()
    {
        await using PlainSession session = await PlainSession.StartAsync(door, door.Ann, "behind");
        await session.TypeAsync("echo at-$((40+2))-$SSH_CONNECTION-\r");
        await session.WaitForAsync("at-42-");
        Assert.Contains($" {door.Inner.Port}-", session.Output, StringComparison.Ordinal);
        await door.Host.KillAsync();
        try
        {
            await session.WaitForAsync("[moshbroker] the connection to behind is lost");
            await using PlainSession again = PlainSession.Start([.. door.Ssh(door.Ann), "-tt", "root@127.0.0.1", "behind"], door.Home);
            await again.WaitForAsync("[moshbroker] behind: the machine on the way to it cannot be reached");
        }
        finally
        {
            await door.Host.StartAsync();
        }
    }

    [Fact]
    public async Task A_certificate_opens_a_target_that_does_not_know_its_key()
    {
        await using PlainSession session = await PlainSession.StartAsync(door, door.Ann, "certified");
        await session.TypeAsync("echo I-am-$(id -un)\r");
        await session.WaitForAsync($"I-am-{door.Account.Name}");
        await session.TypeAsync("exit\r");
        Assert.Equal(0, await session.WaitForEndAsync());
    }

    [Fact]
    public async Task Eight_sessions_share_a_connection_and_the_ninth_brings_another()
    {
        List<PlainSession> sessions = [];
        try
        {
            for (int i = 0; i < 9; i++)
            {
                sessions.Add(await PlainSession.StartAsync(door, door.Ann, "hop"));
                Assert.Equal(i < 8 ? 1 : 2, Masters.Of(door.Broker, "hop").Count);
            }

            foreach (PlainSession session in sessions)
            {
                await session.TypeAsync("echo here-$((6*7))\r");
                await session.WaitForAsync("here-42");
            }
        }
        finally
        {
            foreach (PlainSession session in sessions) { await session.DisposeAsync(); }
            await door.CloseAllAsync();
        }
    }

    [Theory]
    [InlineData("unreachable", "unreachable: there is no way to it")]
    [InlineData("nameless", "nameless: its name is not known")]
    [InlineData("not-let-in", "not-let-in: it does not let the broker in; your administrator must look at this")]
    public async Task A_target_that_cannot_be_reached_is_one_plain_line_and_nothing_else(string target, string line)
    {
        await RunAsRootAsync("/usr/sbin/ip", "route", "add", "unreachable", FrontDoorFixture.Unreachable);
        try
        {
            await using TmuxTerminal terminal = await TmuxTerminal.StartAsync([.. door.Ssh(door.Ann), "-t", "root@127.0.0.1", target], door.Home.Environment, columns: 160);
            TerminalScreen screen = await terminal.WaitForTextAsync(line, Long);
            Assert.Equal($"[moshbroker] {line} (any key ends the session)", Assert.Single(screen.Rows, row => row.Length > 0));
            await terminal.TypeAsync("q");
            await terminal.WaitForEndAsync(Long);
        }
        finally
        {
            await RunAsRootAsync("/usr/sbin/ip", "route", "del", "unreachable", FrontDoorFixture.Unreachable);
        }
    }

    [Fact]
    public async Task What_a_user_may_not_reach_and_what_is_not_there_are_one_line_each()
    {
        Assert.Equal("moshbroker open: you may not reach kept\n", (await door.OpenAsync(door.Carla, "'kept'")).Error.ReplaceLineEndings("\n"));
        Assert.StartsWith("moshbroker open: there is no target 'nothing'", (await door.OpenAsync(door.Carla, "'nothing'")).Error, StringComparison.Ordinal);
        Assert.Contains("target_not_allowed", string.Concat(await door.AuditAsync("deny")), StringComparison.Ordinal);
    }

    private static async Task RunAsRootAsync(params IReadOnlyList<string> words)
    {
        CommandResult result = await Command.RunAsync(words);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', words)} (routes take root): {result.Error}");
    }
}
