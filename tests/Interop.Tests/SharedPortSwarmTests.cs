using System.Net;
using MoshBroker.Interop.Tests.Harness;
using MoshBroker.Testing.Swarm;

namespace MoshBroker.Interop.Tests;

/// <summary>Two hundred scripted clients behind one port. bench/shared-port is the large form, with the figures to reach; here are ten times these.</summary>
[Collection(InteropGroup.Name)]
public sealed class SharedPortSwarmTests(SharedPortFixture fixture) : IClassFixture<SharedPortFixture>
{
    private const int Clients = 200;
    private const int Movers = 40;
    private const int OpensAtOnce = 4;
    private const int GarbagePerSecond = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FloodLimit = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Forty_of_two_hundred_move_at_once_and_each_has_its_own_screen_and_a_flood_delays_nobody()
    {
        using SessionHome home = new();
        using ClientSwarm swarm = new();
        SwarmClient[] clients = new SwarmClient[Clients];
        await Parallel.ForAsync(0, Clients, new ParallelOptions { MaxDegreeOfParallelism = OpensAtOnce }, async (number, _) =>
        {
            OpenedSession session = await fixture.Broker.OpenAsync(home.Environment, ["/bin/sh", "-c", $"echo session-{number}.; exec cat"]);
            clients[number] = swarm.Join(number, session.On(IPAddress.Loopback), session.Key, Address(100, number));
            swarm.With(() => Await(clients[number], "", $"session-{number}.", onAnyRow: true));
        });
        Assert.True(swarm.WaitForAll(clients, Patience), "every client sees its own session");

        SwarmClient[] movers = clients[..Movers];
        swarm.With(() =>
        {
            foreach (SwarmClient mover in movers)
            {
                mover.Waits.Clear();
                mover.MoveTo(Address(101, mover.Number));
                Await(mover, $"moved-{mover.Number}", $"moved-{mover.Number}");
            }

            return true;
        });
        Assert.True(swarm.WaitForAll(movers, Patience), "every mover is found");
        Assert.All(movers, mover => Assert.InRange(mover.Waits[^1], 0, MoveLimit.TotalMilliseconds));
        Assert.All(movers, mover => Assert.Contains($"session-{mover.Number}.", swarm.With(() => mover.Screen), StringComparison.Ordinal));

        SwarmClient[] typists = clients[^20..];
        double quiet = Percentile95(swarm, typists);
        foreach (bool isAimed in new[] { false, true })
        {
            using GarbageFlood flood = new(new IPEndPoint(IPAddress.Loopback, fixture.Port), GarbagePerSecond, isAimed);
            double flooded = Percentile95(swarm, typists);
            Assert.True(flooded < quiet + FloodLimit.TotalMilliseconds, $"p95 {quiet:0.0} ms, then {flooded:0.0} ms with {flood.Sent} datagrams, aimed: {isAimed}");
        }
    }

    private static double Percentile95(ClientSwarm swarm, SwarmClient[] typists)
    {
        foreach (SwarmClient typist in typists) { typist.Waits.Clear(); }
        foreach (char letter in "abcdefghijklmnopqrstuvwxyz")
        {
            swarm.With(() =>
            {
                foreach (SwarmClient typist in typists) { Await(typist, letter.ToString(), letter.ToString()); }
                return true;
            });
            Assert.True(swarm.WaitForAll(typists, Patience), "every echo comes");
        }

        double[] waits = [.. typists.SelectMany(typist => typist.Waits).Order()];
        return waits[waits.Length * 95 / 100];
    }

    private static bool Await(SwarmClient client, string keys, string awaited, bool onAnyRow = false)
    {
        client.Type(keys, awaited, onAnyRow);
        return true;
    }

    private static IPAddress Address(int network, int number) => new([127, (byte)network, (byte)(number / 200), (byte)((number % 200) + 1)]);
}
