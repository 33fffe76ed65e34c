using System.Text.Json;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>`connect` through the front door while UDP is blocked: the forced command carries the datagrams, and policy sees where ssh comes from.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class ThroughSshTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_session_lives_through_the_forced_command_where_UDP_is_blocked()
    {
        await door.CloseAllAsync();
        await using BlockedUdp blocked = await BlockedUdp.StartAsync(door.Broker.Ports);
        await using TmuxTerminal terminal = await ConnectAsync(door.Ann);
        await terminal.WaitForTextAsync("p1>", Long);
        Assert.True(await blocked.DroppedAsync() > 0);
        await terminal.TypeAsync("echo $((6*7))\r");
        await terminal.WaitForAsync(s => s.HasRow("42"), "the answer through ssh", Long);
        Assert.Contains("client's datagrams come through its ssh connection from 127.0.0.1", door.Broker.Log.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);

        CommandResult audit = await door.Broker.CommandAsync("audit", "--session", await door.NewestAsync(), "--json");
        Assert.Contains("attach", audit.Output, StringComparison.Ordinal);
        await terminal.TypeAsync("exit\r");
        TerminalScreen end = await terminal.WaitForEndAsync(Long);
        Assert.Equal(0, end.ExitStatus);
    }

    [Fact]
    public async Task Nobody_else_may_bring_datagrams_for_a_session()
    {
        await door.CloseAllAsync();
        OpenedSession session = MoshServer.Parse(await door.OpenAsync(door.Ann, "'shell'"));
        Assert.True(Protocol.Crypto.SessionKey.TryParse(session.Key, out Protocol.Crypto.SessionKey? key));
        string name = Protocol.Crypto.ChannelName.Print(Protocol.Crypto.ChannelName.Of(key));
        foreach (TestKey other in new[] { door.Bob, door.Eve })
        {
            CommandResult refused = await door.SshAsync(other, $"mosh-server stream {name} 1");
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains("there is no such session of yours here", refused.Error, StringComparison.Ordinal);
        }

        CommandResult made = await door.SshAsync(door.Ann, $"mosh-server stream {new string('0', 32)} 1");
        Assert.Contains("there is no such session of yours here", made.Error, StringComparison.Ordinal);
        await door.CloseAllAsync();
    }

    private Task<TmuxTerminal> ConnectAsync(TestKey key) => TmuxTerminal.StartAsync(
        [RunningBroker.Launcher, "connect", $"--ssh={Command.Quote(door.Ssh(key))}", "root@127.0.0.1", "--", "shell"], door.Home.Environment);
}
