using System.Diagnostics;
using System.Net;
using MoshBroker.Testing.Swarm;

namespace MoshBroker.Detection.Tests.Corpus;

/// <summary>Everyday life, which must raise nothing. Times that the protocol fixes (port hops, heartbeats) are not scaled.</summary>
internal static class BenignCorpus
{
    private const string Scanners = "trusted_scanners: [127.66.0.0/16]\ndetections: { tripwires: false }";

    private static readonly IPAddress Street = IPAddress.Parse("127.5.0.1");

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("B-ports", scale => Stage.SetAsync(scale, policy: Scanners), async (stage, stop) => await Task.WhenAll(
            DownlinkCutAsync(stage), ReboundAsync(stage), ToTheStreetAndBackAsync(stage), SleepAsync(stage), DisorderAsync(stage), BusyScreensAsync(stage), TwoFamiliesAsync(stage),
            OwnScannersAsync(stage, 500, stop))),
        new("B-shared", scale => Stage.SetAsync(scale, sharesPort: true, Scanners), async (stage, stop) => await Task.WhenAll(
            DownlinkCutAsync(stage), ToTheStreetAndBackAsync(stage), SleepAsync(stage), DisorderAsync(stage), OwnScannersAsync(stage, 500, stop))),
        new("B6", scale => Stage.SetAsync(scale), TrainAsync, Tolerated: ["UplinkLossHigh"]),
        new("B7", scale => Stage.SetAsync(scale, sharesPort: true), ReturnToEndedSessionsAsync),
    ];

    /// <summary>B1: nothing comes back, so stock hops to a new port every 10 s.</summary>
    private static async Task DownlinkCutAsync(Stage stage)
    {
        (_, ImpairmentRelay relay, TmuxTerminal terminal) = await stage.JoinAsync();
        relay.Become(new Impairment { LossToClient = 1 });
        await Stage.TypeAsync(terminal, TimeSpan.FromSeconds(35), perSecond: 1);
        Assert.True(relay.ClientPorts > 1, "the client did not hop");
        relay.Become(Impairment.None);
        await terminal.TypeAsync("\recho b1-$((6*7))\r");
        await terminal.WaitForTextAsync("b1-42", TimeSpan.FromSeconds(60));
    }

    /// <summary>B2: a NAT forgets, and binds anew.</summary>
    private static async Task ReboundAsync(Stage stage)
    {
        (_, ImpairmentRelay relay, TmuxTerminal terminal) = await stage.JoinAsync();
        for (int i = 0; i < 4; i++)
        {
            await Stage.TypeAsync(terminal, TimeSpan.FromSeconds(6));
            relay.Rebind();
        }
    }

    /// <summary>B3: from Wi-Fi to the street and back inside a minute, twice.</summary>
    private static async Task ToTheStreetAndBackAsync(Stage stage)
    {
        (_, ImpairmentRelay relay, TmuxTerminal terminal) = await stage.JoinAsync();
        await Stage.TypeAsync(terminal, TimeSpan.FromSeconds(5));
        relay.Rebind(Street);
        for (int i = 0; i < 3; i++)
        {
            // Twice in a minute; further apart than the fast clock's windows, in which a single return is four a minute.
            await Stage.TypeAsync(terminal, TimeSpan.FromSeconds(stage.Scale > 1 ? 20 : 14));
            relay.Return();
        }

        await Stage.TypeAsync(terminal, TimeSpan.FromSeconds(10));
    }

    /// <summary>B4: a laptop sleeps for nine hours and comes back with a jump in its numbers.</summary>
    private static async Task SleepAsync(Stage stage)
    {
        OpenedSession session = await stage.OpenAsync();
        using WireClient laptop = new(session);
        laptop.SendInstruction(0, 1, []);
        Assert.NotNull(await laptop.ReceiveAsync(TimeSpan.FromSeconds(30)));
        await Task.Delay(TimeSpan.FromSeconds(10)); // A silence that tells an outage from loss.
        laptop.Sequence += 10_800; // What it sent into the void: a heartbeat every 3 s.
        for (ulong state = 2; state < 30; state++)
        {
            laptop.SendInstruction(1, state, []);
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    /// <summary>B5: a tenth of the datagrams out of order, some twice.</summary>
    private static async Task DisorderAsync(Stage stage)
    {
        (_, ImpairmentRelay relay, TmuxTerminal terminal) = await stage.JoinAsync();
        relay.Become(new Impairment { Duplication = 0.05, Jitter = TimeSpan.FromMilliseconds(300) });
        await Stage.TypeAsync(terminal, TimeSpan.FromMinutes(10) / stage.Scale, perSecond: 8);
    }

    /// <summary>B6: everybody on one train, with 30 % loss.</summary>
    private static async Task TrainAsync(Stage stage, CancellationToken stop)
    {
        await Task.WhenAll(Enumerable.Range(0, 3).Select(async person =>
        {
            (_, ImpairmentRelay relay, TmuxTerminal terminal) = await stage.JoinAsync();
            relay.Become(new Impairment { LossToClient = 0.3, LossToServer = 0.3, Delay = TimeSpan.FromMilliseconds(50) });
            await Stage.TypeAsync(terminal, TimeSpan.FromMinutes(20) / stage.Scale, perSecond: 6);
        }));
    }

    /// <summary>B7: forty laptops come back to sessions that ended while they slept.</summary>
    private static async Task ReturnToEndedSessionsAsync(Stage stage, CancellationToken stop)
    {
        // In four groups, because forty clients that fall silent at once are a path that is cut.
        const int Groups = 4;
        const int Laptops = 10;
        List<ClientSwarm> swarms = [];
        for (int group = 0; group < Groups; group++)
        {
            ClientSwarm swarm = stage.Keep(new ClientSwarm());
            swarms.Add(swarm);
            SwarmClient[] clients = new SwarmClient[Laptops];
            int first = group * Laptops;
            await Parallel.ForAsync(0, Laptops, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (number, _) =>
            {
                OpenedSession session = await stage.OpenAsync("/bin/sh", "-c", $"echo laptop-{number}.; exec cat");
                clients[number] = swarm.Join(number, session.On(IPAddress.Loopback), session.Key, new IPAddress([127, 6, (byte)(first + number), 1]));
                swarm.With(() =>
                {
                    clients[number].Type("", $"laptop-{number}.", onAnyRow: true);
                    return true;
                });
            });
            Assert.True(swarm.WaitForAll(clients, TimeSpan.FromSeconds(60)), "not every laptop has its screen");
            swarm.IsAsleep = true;
            foreach (string id in await stage.Broker.LiveAsync()) { await stage.Broker.CommandAsync("sessions", "close", id); }
        }

        await Task.Delay(TimeSpan.FromSeconds(15), stop); // Their farewells are over.
        foreach (ClientSwarm swarm in swarms) { swarm.IsAsleep = false; }
        await Task.Delay(TimeSpan.FromSeconds(40), stop);
    }

    /// <summary>B9: a huge file, a flood, a full screen.</summary>
    private static async Task BusyScreensAsync(Stage stage)
    {
        (_, _, TmuxTerminal file) = await stage.JoinAsync();
        await file.TypeAsync("timeout 20 yes; head -c 20000000 /dev/zero | base64; top -d 0.2\r");
        await Task.Delay(TimeSpan.FromMinutes(10) / stage.Scale);
        await file.PressAsync(3);
    }

    /// <summary>B10: one client over IPv4, one over IPv6.</summary>
    private static async Task TwoFamiliesAsync(Stage stage)
    {
        (_, _, TmuxTerminal old) = await stage.JoinAsync();
        (_, _, TmuxTerminal young) = await stage.JoinAsync(IPAddress.IPv6Loopback);
        await Task.WhenAll(Stage.TypeAsync(old, TimeSpan.FromSeconds(20)), Stage.TypeAsync(young, TimeSpan.FromSeconds(20)));
    }

    /// <summary>B11: the owner's own port scanner, from a network that policy names; Prometheus scrapes all the while.</summary>
    private static async Task OwnScannersAsync(Stage stage, double perSecond, CancellationToken stop)
    {
        OpenedSession session = await stage.OpenAsync();
        Random random = new(11);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(TimeSpan.FromMinutes(15) / stage.Scale);
        Debug.Assert(session.Port > 0);
        await Datagrams.SendAsync(session.On(IPAddress.Loopback), IPAddress.Parse("127.66.7.9"), perSecond, _ => Datagrams.Random80(random), end.Token);
    }
}
