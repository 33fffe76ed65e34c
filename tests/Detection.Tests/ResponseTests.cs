using System.Net;
using System.Net.Sockets;
using MoshBroker.Detection.Tests.Corpus;
using MoshBroker.FrontDoor.Tests;
using MoshBroker.Testing.Swarm;

namespace MoshBroker.Detection.Tests;

/// <summary>What policy lets a detection do is done to datagrams and to connections, at a real broker.</summary>
public sealed class ResponseTests
{
    private static readonly IPAddress Attacker = IPAddress.Parse("127.9.9.9");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flooding_network_is_turned_away_at_UDP_and_at_SSH_while_a_client_types_on(bool sharesPort)
    {
        await using Stage stage = await Stage.SetAsync(scale: 20, sharesPort, PolicyAsync, hasDoor: true);
        OpenedSession session = await stage.OpenAsync("/bin/cat");
        using ClientSwarm swarm = new();
        SwarmClient client = swarm.Join(1, session.On(IPAddress.Loopback), session.Key, IPAddress.Parse("127.7.0.1"));
        await TypeAsync(swarm, client, "a");
        Assert.True(await IsGreetedAsync(stage, Attacker), "who has done nothing is let in");

        using CancellationTokenSource end = new();
        Random random = new(5);
        Task flood = Datagrams.SendAsync(session.On(IPAddress.Loopback), Attacker, 200, _ => Datagrams.Random80(random), end.Token);
        await Eventually.TrueAsync(async () => await RateLimitedAsync(stage) > 200, "the flood is turned away", TimeSpan.FromSeconds(60));
        await TypeAsync(swarm, client, "b");
        Assert.False(await IsGreetedAsync(stage, Attacker), "the flooder is greeted at the SSH door");
        Assert.True(await IsGreetedAsync(stage, IPAddress.Parse("127.7.0.1")), "others are not greeted at the SSH door");
        double before = await FailuresAsync(stage);
        double limited = await RateLimitedAsync(stage);
        await Eventually.TrueAsync(async () => await RateLimitedAsync(stage) > limited + 200, "the flood goes on", TimeSpan.FromSeconds(60));
        Assert.Equal(before, await FailuresAsync(stage)); // No key was tried any more.
        await end.CancelAsync();
        await flood;
        Assert.Contains("127.9.9.0/24 blocked", stage.Broker.Log, StringComparison.Ordinal);
        Assert.Contains("a datagram from 127.9.9.0/24 was dropped", stage.Broker.Log, StringComparison.Ordinal);
    }

    private static async Task<string> PolicyAsync(Stage stage)
    {
        TestKey ann = await TestKey.MakeAsync(stage.Scratch, "ann");
        return $$"""
            detections: { tripwires: false, responses: [{ rules: [auth_failure_burst], block: 10m }] }
            tenants:
              acme:
                networks: [127.0.0.0/8]
                users: { ann: { keys: ["{{ann.Line}}"] } }
                targets: { cat: { command: { run: [/bin/cat], user: nobody } } }
                access: [{ users: [ann], targets: [cat] }]
            """;
    }

    private static async Task TypeAsync(ClientSwarm swarm, SwarmClient client, string letter)
    {
        swarm.With(() =>
        {
            client.Type(letter, letter);
            return true;
        });
        Assert.True(await Task.Run(() => swarm.WaitForAll([client], TimeSpan.FromSeconds(30))), $"the echo of {letter} did not come");
    }

    /// <summary>The door says who it is before anything is asked.</summary>
    private static async Task<bool> IsGreetedAsync(Stage stage, IPAddress from)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(from, 0));
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, stage.DoorPort), patience.Token);
        byte[] greeting = new byte[4];
        try
        {
            return await socket.ReceiveAsync(greeting, patience.Token) == 4 && greeting.AsSpan().SequenceEqual("SSH-"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<double> RateLimitedAsync(Stage stage) => (await stage.Broker.MetricsAsync())["moshbroker_datagrams_dropped_total{reason=\"rate_limited\"}"];

    private static async Task<double> FailuresAsync(Stage stage)
    {
        Dictionary<string, double> metrics = await stage.Broker.MetricsAsync();
        return metrics["moshbroker_datagrams_dropped_total{reason=\"auth_failed\"}"] + metrics["moshbroker_datagrams_dropped_total{reason=\"unknown_source\"}"];
    }
}
