using System.Net;
using MoshBroker.Broker.Tests.Http;
using MoshBroker.Broker.Tests.Sessions;
using MoshBroker.FrontDoor;
using MoshBroker.Native;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.FrontDoor;

/// <summary>The listening socket before sshd, with a program in sshd's place that greets, and logs a login in when a second line comes.</summary>
public sealed class ReceptionTests : IDisposable
{
    private const string Hello = "SSH-2.0-test\n";

    private static readonly ChildProgram StandIn = new()
    {
        Path = "/bin/sh",
        Arguments = ["sh", "-c", "echo hello; read first; read second || exit; echo 'Accepted publickey for x from y port 1 ssh2' >&2; exec cat"],
        Environment = ["PATH=/usr/bin:/bin"],
    };

    private readonly MonoClock _clock = new(TimeProvider.System);
    private readonly Children _children;
    private readonly BrokerMetrics _metrics = new();
    private readonly LogLines<Reception> _log = new();
    private readonly MemoryAuditTrail _audit = new();
    private Reception? _reception;

    public ReceptionTests() => _children = new Children(_clock);

    private int Port => _reception!.Port;

    public void Dispose()
    {
        _reception?.Dispose();
        _children.Dispose();
        _metrics.Dispose();
    }

    [Fact]
    public async Task Who_says_SSH_is_served()
    {
        Open(new ReceptionLimits());
        using Knock knock = await Knock.AtAsync(Port);
        await knock.SayAsync("SS");
        await knock.SayAsync("H-2.0-test\n");
        Assert.Equal("hello\n", await knock.HearAsync());
    }

    [Fact]
    public async Task Who_waits_to_be_greeted_is_served_while_there_is_no_crowd()
    {
        Open(new ReceptionLimits { Silence = TimeSpan.FromMilliseconds(50), DaemonsForTheSilent = 1 });
        using Knock first = await Knock.AtAsync(Port);
        Assert.Equal("hello\n", await first.HearAsync());
        using Knock second = await Knock.AtAsync(Port);
        using Knock speaking = await Knock.AtAsync(Port);
        await speaking.SayAsync(Hello);
        Assert.Equal("hello\n", await speaking.HearAsync());
        Assert.True(second.IsKeptWaiting, "a silent one is served beyond the number");
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("SSX")]
    [InlineData("PROXY TCP4 127.0.0.9 127.0.0.1 1 2\r\nSSH-2.0-test\n")]
    public async Task What_is_not_ssh_is_turned_away_without_a_process(string said)
    {
        Open(new ReceptionLimits());
        using Knock knock = await Knock.AtAsync(Port);
        await knock.SayAsync(said);
        Assert.Equal("", await knock.HearAsync());
        await ToldAsync("not_ssh");
        Assert.Equal(0, _children.Count);
    }

    [Fact]
    public async Task A_crowd_that_is_refused_is_one_line_and_one_event_at_once_and_one_of_each_with_its_number_later()
    {
        Open(new ReceptionLimits { RefusalsToldEvery = TimeSpan.FromSeconds(2) });
        for (int i = 0; i < 20; i++)
        {
            using Knock knock = await Knock.AtAsync(Port);
            await knock.SayAsync("GET / HTTP/1.1\r\n\r\n");
            Assert.Equal("", await knock.HearAsync());
        }

        await ToldAsync("refused 19 more from 127.0.0.1: not_ssh");
        Assert.Single(_log.Lines, line => line.Contains("turned 127.0.0.1", StringComparison.Ordinal));
        Assert.Equal([null, "19"], _audit.Events.Select(happened => happened.More!.GetValueOrDefault("moshbroker.count")));
        Assert.All(_audit.Events, happened => Assert.Equal(("deny", "127.0.0.1", "not_ssh"), (happened.Name, happened.ClientAddress, happened.Reason)));
    }

    [Fact]
    public async Task Who_logs_in_and_asks_for_nothing_is_told_of()
    {
        Open(new ReceptionLimits());
        using (Knock knock = await Knock.AtAsync(Port))
        {
            await knock.SayAsync(Hello);
            Assert.Equal("hello\n", await knock.HearAsync());
            await knock.SayAsync("the proof\n");
            await ToldAsync("proved who he is");
        }

        await ToldAsync("nothing_asked");
    }

    [Fact]
    public async Task Outside_the_tenants_networks_nobody_is_heard()
    {
        Open(new ReceptionLimits(), networks: "127.0.0.2");
        using Knock outside = await Knock.AtAsync(Port);
        Assert.Equal("", await outside.HearAsync());
        await ToldAsync("network");
        using Knock inside = await Knock.AtAsync(Port, "127.0.0.2");
        await inside.SayAsync(Hello);
        Assert.Equal("hello\n", await inside.HearAsync());
    }

    [Fact]
    public async Task The_grace_of_who_says_nothing_ends()
    {
        Open(new ReceptionLimits { Grace = TimeSpan.FromMilliseconds(200) });
        using Knock knock = await Knock.AtAsync(Port);
        Assert.Equal("", await knock.HearAsync());
        await ToldAsync("timeout");
    }

    [Fact]
    public async Task When_too_many_say_nothing_the_longest_silent_gives_way()
    {
        Open(new ReceptionLimits { Connections = 2 });
        using Knock first = await Knock.AtAsync(Port);
        using Knock second = await Knock.AtAsync(Port, "127.0.0.2");
        using Knock third = await Knock.AtAsync(Port, "127.0.0.3");
        Assert.Equal("", await first.HearAsync());
        await ToldAsync("too_many");
        await third.SayAsync(Hello);
        Assert.Equal("hello\n", await third.HearAsync());
        Assert.True(second.IsKeptWaiting, "more than one gave way");
    }

    [Fact]
    public async Task One_source_has_its_own_limit_and_takes_nothing_from_others()
    {
        Open(new ReceptionLimits { ConnectionsPerSource = 1 });
        using Knock other = await Knock.AtAsync(Port, "127.0.0.2");
        using Knock first = await Knock.AtAsync(Port);
        using Knock second = await Knock.AtAsync(Port);
        Assert.Equal("", await first.HearAsync());
        Assert.True(other.IsKeptWaiting, "another source gave way");
        await second.SayAsync(Hello);
        Assert.Equal("hello\n", await second.HearAsync());
        using Knock third = await Knock.AtAsync(Port);
        Assert.Equal("", await third.HearAsync()); // Nobody of that source is silent, so there is nobody to give way.
    }

    [Theory]
    [InlineData(1, 10)]
    [InlineData(10, 1)]
    public async Task Who_speaks_waits_for_his_turn_until_another_is_logged_in(int daemons, int ofSource)
    {
        Open(new ReceptionLimits { Daemons = daemons, DaemonsPerSource = ofSource });
        using Knock first = await Knock.AtAsync(Port);
        await first.SayAsync(Hello);
        Assert.Equal("hello\n", await first.HearAsync());
        using Knock second = await Knock.AtAsync(Port);
        await second.SayAsync(Hello);
        using Knock elsewhere = await Knock.AtAsync(Port, "127.0.0.2");
        await elsewhere.SayAsync(Hello);
        if (daemons > 1) { Assert.Equal("hello\n", await elsewhere.HearAsync()); } // Which also says that second has been looked at.
        Assert.True(second.IsKeptWaiting, "two are at work where one may be");
        await first.SayAsync("the proof\n");
        Assert.Equal("hello\n", await second.HearAsync());
    }

    [Fact]
    public async Task A_crowd_before_a_login_ends_and_the_next_is_served()
    {
        Open(new ReceptionLimits { Daemons = 1 });
        Knock first = await Knock.AtAsync(Port);
        await first.SayAsync(Hello);
        Assert.Equal("hello\n", await first.HearAsync());
        using Knock second = await Knock.AtAsync(Port);
        await second.SayAsync(Hello);
        first.Dispose(); // Its program ends without a login.
        Assert.Equal("hello\n", await second.HearAsync());
    }

    [Fact]
    public async Task A_balancer_must_say_for_whom_it_connects()
    {
        Open(new ReceptionLimits { ProxyPatience = TimeSpan.FromMilliseconds(200) }, proxies: "127.0.0.1");
        using Knock silent = await Knock.AtAsync(Port);
        Assert.Equal("", await silent.HearAsync());
        await ToldAsync("no_proxy_header");
        using Knock wrong = await Knock.AtAsync(Port);
        await wrong.SayAsync(Hello);
        Assert.Equal("", await wrong.HearAsync());
        await ToldAsync("bad_proxy_header");
    }

    [Fact]
    public async Task Behind_a_balancer_the_clients_own_address_is_judged_and_counted()
    {
        Open(new ReceptionLimits { ConnectionsPerSource = 1 }, networks: "192.0.2.0/24", proxies: "127.0.0.1");
        using Knock inside = await Knock.AtAsync(Port);
        await inside.SayAsync("PROXY TCP4 192.0.2.1 127.0.0.1 1 2\r\n" + Hello);
        Assert.Equal("hello\n", await inside.HearAsync());
        using Knock neighbour = await Knock.AtAsync(Port);
        await neighbour.SayAsync("PROXY TCP4 192.0.2.2 127.0.0.1 1 2\r\n" + Hello);
        Assert.Equal("hello\n", await neighbour.HearAsync());
        using Knock outside = await Knock.AtAsync(Port);
        await outside.SayAsync("PROXY TCP4 198.51.100.1 127.0.0.1 1 2\r\n" + Hello);
        Assert.Equal("", await outside.HearAsync());
        await ToldAsync("turned 198.51.100.1");
    }

    private void Open(ReceptionLimits limits, string networks = "127.0.0.0/8", string? proxies = null) =>
        _reception = Reception.Open(
            new IPEndPoint(IPAddress.Loopback, 0), StandIn, _children, _clock, proxies is null ? NetworkSet.Nowhere : Networks(proxies), () => Networks(networks), limits, _audit, _metrics,
            new FrontDoorLog(_log));

    private async Task ToldAsync(string word)
    {
        using CancellationTokenSource limit = new(TimeSpan.FromSeconds(30));
        while (!_log.Contains(word)) { await Task.Delay(5, limit.Token); }
    }

    private static NetworkSet Networks(string text)
    {
        Assert.Null(AddressRange.Parse(text, out AddressRange range));
        return NetworkSet.Of([range]);
    }
}
