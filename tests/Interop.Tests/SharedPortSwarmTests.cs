using System.Diagnostics;
using System.Net;
using MoshBroker.Interop.Tests.Harness;
using MoshBroker.Testing.Swarm;
using Xunit.Abstractions;

namespace MoshBroker.Interop.Tests;

/// <summary>Very many scripted clients and twenty of stock's behind one port, some of which move at once, and floods.</summary>
/// <remarks>
/// The full form, 1,000 scripted clients of which 180 move together with the 20 of stock's: <c>MOSHBROKER_SWARM=full dotnet test
/// tests/Interop.Tests --filter SharedPortSwarm</c>. bench/shared-port has the figures to reach; here are ten times these.
/// </remarks>
[Collection(InteropGroup.Name)]
public sealed class SharedPortSwarmTests(SharedPortFixture fixture, ITestOutputHelper output) : IClassFixture<SharedPortFixture>
{
    private const int StockClients = 20;
    private const int OpensAtOnce = 4;
    private const int GarbagePerSecond = 50_000;

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("MOSHBROKER_SWARM") == "full";
    private static readonly int Clients = IsFull ? 1000 : 200;
    private static readonly int Movers = IsFull ? 180 : 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MoveLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FloodLimit = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Scripted_and_stock_clients_move_at_once_and_each_has_its_own_screen_and_a_flood_delays_nobody()
    {
        using SessionHome home = new();
        using ClientSwarm swarm = new();
        SwarmClient[] clients = await JoinAsync(swarm, home);
        ImpairmentRelay[] relays = new ImpairmentRelay[StockClients];
        TmuxTerminal[] terminals = new TmuxTerminal[StockClients];
        try
        {
            for (int i = 0; i < StockClients; i++)
            {
                OpenedSession session = await fixture.Broker.OpenAsync(home.With(("mine", $"s{i * 37}e")), SessionHome.Bash);
                relays[i] = new ImpairmentRelay(session.On(IPAddress.Loopback));
                terminals[i] = await MoshTerminal.ClientAsync(session, relays[i], home);
            }

            await EachTypesAsync(terminals, "here");
            SwarmClient[] movers = clients[..Movers];
            for (int i = 0; i < StockClients; i++) { relays[i].Rebind(IPAddress.Parse($"127.{i + 1}.{i}.9")); }
            Move(swarm, movers);
            Stopwatch sinceMove = Stopwatch.StartNew();
            await EachTypesAsync(terminals, "moved");

            // Typing into twenty terminals and looking at them included.
            output.WriteLine($"{StockClients} of stock's clients have their own screens {sinceMove.ElapsedMilliseconds} ms after their move");
            Assert.InRange(sinceMove.Elapsed, TimeSpan.Zero, MoveLimit);
            Assert.True(swarm.WaitForAll(movers, Patience), "every mover is found");
            Assert.All(movers, mover => Assert.InRange(mover.Waits[^1], 0, MoveLimit.TotalMilliseconds));
            Assert.All(movers, mover => Assert.Contains($"session-{mover.Number}.", swarm.With(() => mover.Screen), StringComparison.Ordinal));
            FloodAndCompare(swarm, clients[^20..]);
            await EachTypesAsync(terminals, "after");
            foreach (TmuxTerminal terminal in terminals) { await terminal.TypeAsync("exit\r"); }
            foreach (TmuxTerminal terminal in terminals) { Assert.Equal(0, (await terminal.WaitForEndAsync(Patience)).ExitStatus); }
            Assert.All(relays, relay => Assert.Empty(relay.RepeatedNonces));
        }
        finally
        {
            foreach (TmuxTerminal? terminal in terminals) { if (terminal is not null) { await terminal.DisposeAsync(); } }
            foreach (ImpairmentRelay? relay in relays) { relay?.Dispose(); }
        }
    }

    private async Task<SwarmClient[]> JoinAsync(ClientSwarm swarm, SessionHome home)
    {
        SwarmClient[] clients = new SwarmClient[Clients];
        await Parallel.ForAsync(0, Clients, new ParallelOptions { MaxDegreeOfParallelism = OpensAtOnce }, async (number, _) =>
        {
            OpenedSession session = await fixture.Broker.OpenAsync(home.Environment, ["/bin/sh", "-c", $"echo session-{number}.; exec cat"]);
            clients[number] = swarm.Join(number, session.On(IPAddress.Loopback), session.Key, Address(100, number));
            swarm.With(() => Await(clients[number], "", $"session-{number}.", onAnyRow: true));
        });
        Assert.True(swarm.WaitForAll(clients, Patience), "every client sees its own session");
        return clients;
    }

    private void FloodAndCompare(ClientSwarm swarm, SwarmClient[] typists)
    {
        double quiet = Percentile95(swarm, typists);
        foreach (bool isAimed in new[] { false, true })
        {
            using GarbageFlood flood = new(new IPEndPoint(IPAddress.Loopback, fixture.Port), GarbagePerSecond, isAimed);
            double flooded = Percentile95(swarm, typists);
            Assert.True(flooded < quiet + FloodLimit.TotalMilliseconds, $"p95 {quiet:0.0} ms, then {flooded:0.0} ms with {flood.Sent} datagrams, aimed: {isAimed}");
        }
    }

    private static void Move(ClientSwarm swarm, SwarmClient[] movers) => swarm.With(() =>
    {
        foreach (SwarmClient mover in movers)
        {
            mover.Waits.Clear();
            mover.MoveTo(Address(101, mover.Number));
            Await(mover, $"moved-{mover.Number}", $"moved-{mover.Number}");
        }

        return true;
    });

    private static async Task EachTypesAsync(TmuxTerminal[] terminals, string word)
    {
        foreach (TmuxTerminal terminal in terminals) { await terminal.TypeAsync($"echo $mine-{word}-$((5 * 5))\r"); }
        for (int i = 0; i < terminals.Length; i++) { await terminals[i].WaitForTextAsync($"s{i * 37}e-{word}-25", Patience); }
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
