using System.Text.Json;
namespace MoshBroker.FrontDoor.Tests;

/// <summary>Other machines behind the broker, played by a real sshd.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class SshTargetTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_session_lands_on_the_target_and_tilde_dot_is_two_letters()
    {
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "web");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("\r~.");
        await terminal.WaitForTextAsync("~.", Long);
        await terminal.TypeAsync("\b\becho on-$USER; stty size\r");
        await terminal.WaitForTextAsync($"on-{door.Account.Name}", Long);
        await terminal.WaitForTextAsync("24 80", Long);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task A_target_whose_connection_breaks_is_entered_again_where_it_was()
    {
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "kept");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("echo before-$((3+4))\r");
        await terminal.WaitForTextAsync("before-7", Long);
        await door.Host.KillAsync();
        await terminal.WaitForTextAsync("the connection to kept is lost", Long);
        await door.Host.StartAsync();
        await terminal.WaitForAsync(screen => screen.Shows("before-7") && !screen.Shows("is lost"), "the target's screen is back", Long);
        await terminal.TypeAsync("echo after-$((4+5))\r");
        await terminal.WaitForTextAsync("after-9", Long);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task A_host_key_that_is_not_on_file_is_told_in_one_line()
    {
        await using IAsyncDisposable change = await door.ChangedAsync(target: door.Stranger.Line);
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "web");
        TerminalScreen screen = await terminal.WaitForTextAsync("web: its host key", Long);
        Assert.False(screen.Shows("known_hosts"), screen.ToString());
        await terminal.TypeAsync("q");
        await terminal.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task How_it_went_with_a_target_is_told_with_its_tenant()
    {
        async Task<JsonElement> WebAsync() => (await door.ApiAsync("tenants")).EnumerateArray()
            .SelectMany(tenant => tenant.GetProperty("targets").EnumerateArray()).First(target => target.GetProperty("name").GetString() == "web");

        await using (PlainSession session = await PlainSession.StartAsync(door, door.Ann, "web"))
        {
            JsonElement web = await WebAsync();
            Assert.Equal("reached", web.GetProperty("health").GetProperty("outcome").GetString());
            Assert.InRange(web.GetProperty("health").GetProperty("tookMs").GetDouble(), 0, 60_000);
            Assert.Equal(1, web.GetProperty("connections").GetInt32());
        }

        await door.Host.KillAsync();
        try
        {
            await using PlainSession refused = PlainSession.Start([.. door.Ssh(door.Ann), "-tt", "root@127.0.0.1", "web"], door.Home);
            await refused.WaitForAsync("web: it refuses the connection");
        }
        finally
        {
            await door.Host.StartAsync();
        }

        JsonElement after = await WebAsync();
        Assert.Equal("refused", after.GetProperty("health").GetProperty("outcome").GetString());
        Assert.InRange(after.GetProperty("health").GetProperty("failures").GetProperty("refused").GetInt32(), 1, 100);
        Assert.Equal(0, after.GetProperty("connections").GetInt32());
    }

    [Fact]
    public async Task A_target_that_is_down_is_told_in_one_line()
    {
        await door.Host.KillAsync();
        try
        {
            await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "web");
            await terminal.WaitForTextAsync("web: it refuses the connection", Long);
            await terminal.TypeAsync("q");
            await terminal.WaitForEndAsync(Long);
        }
        finally
        {
            await door.Host.StartAsync();
        }
    }
}
