using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MoshBroker.FrontDoor.Tests;
using MoshBroker.Testing.Swarm;

namespace MoshBroker.Detection.Tests.Corpus;

/// <summary>Attacks, each of which must raise its own alert and no other.</summary>
internal static class HostileCorpus
{
    private const int GuessesAtOnce = 5;
    private const string Limits = "detections: { tripwires: false }\ndrop_in: { limits: { bandwidth: 2KiB, cpu_percent: 1 } }";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("H1", scale => Stage.SetAsync(scale), FloodAsync, "AuthFailureBurst", Detections: ["auth_failure_burst"]),
        new("H2", scale => Stage.SetAsync(scale), EverywhereAsync, "SourceChurn", Silenced: ["AuthFailureBurst"], Detections: ["source_churn", "auth_failure_burst"]),
        new("H3", scale => Stage.SetAsync(scale), OddLengthsAsync) { Check = DropsHaveReasonsAsync },
        new("H4", scale => Stage.SetAsync(scale), OldRecordingAsync, "OldReplays", Detections: ["old_replays"]) { Check = OldIsCountedAsync },
        new("H4-shared", scale => Stage.SetAsync(scale, sharesPort: true), OldRecordingAsync, "OldReplays", Detections: ["old_replays"]) { Check = OldIsCountedAsync },
        new("H5", scale => Stage.SetAsync(scale), FasterCopyAsync, "RoamFlapping", Detections: ["roam_flapping"]),
        new("H6", scale => Stage.SetAsync(scale), BitFlipsAsync, "KnownPeerAuthFailures", Detections: ["known_peer_auth_failures"]) { Check = SessionIsNamedAsync },
        new("H6-shared", scale => Stage.SetAsync(scale, sharesPort: true), BitFlipsAsync, "KnownPeerAuthFailures", Detections: ["known_peer_auth_failures"]) { Check = SessionIsNamedAsync },
        new("H7", scale => Stage.SetAsync(scale, sharesPort: true, "detections: { tripwires: true }"), WalkAsync, "TripwireTouched", Detections: ["tripwire_touched"]),
        new("H8", scale => Stage.SetAsync(scale, sharesPort: true, Limits), KeyHolderFloodsAsync, "TenantThrottled", Silenced: ["UplinkLossHigh"]) { Check = QueueWasFullAsync },
        new("H9", scale => Stage.SetAsync(scale, sharesPort: true), DenseNumbersAsync, "TrialDecryptBudgetExhausted", Silenced: ["AuthFailureBurst"], Detections: ["trial_decrypt_budget_exhausted"], Tolerated: ["auth_failure_burst"]),
        new("H10", scale => Stage.SetAsync(scale, sharesPort: false, DoorPolicyAsync, hasDoor: true), GuessesAsync, "SshAuthFailureBurst", Detections: ["ssh_auth_failure_burst"]),
        new("H11", scale => Stage.SetAsync(scale), NeverComingAsync, "NeverConnected", Detections: ["never_connected"]),
    ];

    /// <summary>H1: random datagrams from one source.</summary>
    private static async Task FloodAsync(Stage stage, CancellationToken stop)
    {
        OpenedSession session = await stage.IdleAsync(stop);
        Random random = new(1);
        await Datagrams.SendAsync(session.On(IPAddress.Loopback), IPAddress.Parse("127.9.9.9"), stage.Scale > 1 ? 200 : 5000, _ => Datagrams.Random80(random), stop);
    }

    /// <summary>H2: the same from ten thousand networks.</summary>
    private static async Task EverywhereAsync(Stage stage, CancellationToken stop)
    {
        OpenedSession session = await stage.IdleAsync(stop);
        Random random = new(2);
        await Datagrams.SendFromEverywhereAsync(session.On(IPAddress.Loopback), 10_000, stage.Scale > 1 ? 300 : 5000, random, stop);
    }

    /// <summary>H3: too short, too long; and odd lengths, a few a second, which only a key can tell from a packet.</summary>
    private static async Task OddLengthsAsync(Stage stage, CancellationToken stop)
    {
        OpenedSession session = await stage.IdleAsync(stop);
        Random random = new(3);
        IPEndPoint to = session.On(IPAddress.Loopback);
        await Task.WhenAll(
            Datagrams.SendAsync(to, IPAddress.Parse("127.9.3.1"), stage.Scale > 1 ? 100 : 5000, number => Datagrams.OfLength(random, number % 2 == 0 ? random.Next(24) : 2049 + random.Next(2000)), stop),
            Datagrams.SendAsync(to, IPAddress.Parse("127.9.3.2"), 3, _ => Datagrams.OfLength(random, 24 + random.Next(40)), stop));
    }

    private static async Task DropsHaveReasonsAsync(Stage stage)
    {
        Dictionary<string, double> metrics = await stage.Broker.MetricsAsync();
        Assert.All((string[])["short", "oversize", "auth_failed"], reason => Assert.True(metrics[$"moshbroker_datagrams_dropped_total{{reason=\"{reason}\"}}"] > 50, reason));
    }

    /// <summary>H4: an hour of a session, recorded and sent again from elsewhere.</summary>
    private static async Task OldRecordingAsync(Stage stage, CancellationToken stop)
    {
        OpenedSession session = await stage.OpenAsync();
        using WireClient client = new(session);
        List<byte[]> recording = [];
        for (ulong state = 1; state <= 100; state++) { recording.Add(MoshWire.ClientDatagram(session.Key, client.Sequence++, new WireInstruction(2, state - 1, state, 0, 0, []))); }
        foreach (byte[] datagram in recording) { client.Send(datagram); }
        Assert.NotNull(await client.ReceiveAsync(TimeSpan.FromSeconds(30)));
        await Task.Delay(TimeSpan.FromSeconds(8), CancellationToken.None); // So that the gap is a silence and no loss.
        client.Sequence += 1500;
        Task alive = AliveAsync();
        await Datagrams.SendAsync(session.On(IPAddress.Loopback), IPAddress.Parse("127.9.4.1"), 3, number => recording[(int)(number % recording.Count)], stop);
        await alive;

        async Task AliveAsync()
        {
            for (ulong state = 101; !stop.IsCancellationRequested; state++)
            {
                client.SendInstruction(100, state, []);
                await Task.Delay(1000, CancellationToken.None);
            }
        }
    }

    private static async Task OldIsCountedAsync(Stage stage) =>
        Assert.True((await stage.Broker.MetricsAsync())["moshbroker_replayed_datagrams_total{kind=\"old\"}"] > 20, "the recording is not told by its age");

    /// <summary>H5: somebody on the path copies the client's datagrams from another address, and is faster.</summary>
    private static async Task FasterCopyAsync(Stage stage, CancellationToken stop)
    {
        (_, ImpairmentRelay relay, TmuxTerminal terminal) = await stage.JoinAsync();
        relay.CopyFrom(IPAddress.Parse("127.9.5.1"));
        while (!stop.IsCancellationRequested) { await Stage.TypeAsync(terminal, TimeSpan.FromSeconds(1)); }
    }

    /// <summary>H6: bits flipped in a live flow, from the client's own address.</summary>
    private static async Task BitFlipsAsync(Stage stage, CancellationToken stop)
    {
        (_, ImpairmentRelay relay, TmuxTerminal terminal) = await stage.JoinAsync();
        int number = 0;
        relay.Tap = datagram =>
        {
            if (++number % 5 != 0) { return; }
            byte[] flipped = [.. datagram];
            flipped[8 + (number % (flipped.Length - 8))] ^= 0x10;
            relay.Inject(flipped);
        };
        while (!stop.IsCancellationRequested) { await Stage.TypeAsync(terminal, TimeSpan.FromSeconds(1)); }
    }

    private static async Task SessionIsNamedAsync(Stage stage)
    {
        string session = Assert.Single(await stage.Broker.LiveAsync());
        Assert.Matches($"known_peer_auth_failures begins: .* sessions {session}", stage.Broker.Log);
        CommandResult shown = await stage.Broker.CommandAsync("sessions", "show", session, "--json");
        Assert.Matches("\"auth_failed\": ?[1-9]", shown.Output);
    }

    /// <summary>H7: a walk along the ports where Mosh usually is, there and back.</summary>
    private static async Task WalkAsync(Stage stage, CancellationToken stop)
    {
        using Socket walker = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        walker.Bind(new IPEndPoint(IPAddress.Parse("127.9.7.1"), 0));
        Random random = new(7);
        foreach (int port in Enumerable.Range(60001, 999).Concat(Enumerable.Range(60001, 999).Reverse()))
        {
            walker.SendTo(Datagrams.Random80(random), new IPEndPoint(IPAddress.Loopback, port));
            if (port % 50 == 0) { await Task.Delay(50, CancellationToken.None); }
        }

        await Task.Delay(TimeSpan.FromSeconds(10), stop).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    /// <summary>H8: whoever has a key floods with input and pieces of instructions.</summary>
    private static async Task KeyHolderFloodsAsync(Stage stage, CancellationToken stop)
    {
        OpenedSession session = await stage.OpenAsync("/bin/sh", "-c", "stty -echo; exec yes");
        using WireClient client = new(session);
        client.SendInstruction(0, 1, []);
        Assert.NotNull(await client.ReceiveAsync(TimeSpan.FromSeconds(30)));
        byte[] piece = MoshWire.Packet(1, 0, new byte[1000]);
        byte[][] burst = new byte[4000][];
        for (ulong state = 2; !stop.IsCancellationRequested; state++)
        {
            for (int i = 0; i < burst.Length; i++)
            {
                // The first halves of instructions whose second halves never come.
                BinaryPrimitives.WriteUInt64BigEndian(piece.AsSpan(4), client.Sequence + 1);
                burst[i] = MoshWire.Seal(session.Key, client.Sequence++, piece);
                if (i % 200 == 0) { await Task.Yield(); }
            }

            foreach (byte[] datagram in burst) { client.Send(datagram); }
            client.SendInstruction(1, state, []);
            while (await client.ReceiveAsync(TimeSpan.FromMilliseconds(50)) is not null && !stop.IsCancellationRequested) { client.Received.Clear(); }
            await Task.Delay(1000, CancellationToken.None);
        }
    }

    private static async Task QueueWasFullAsync(Stage stage) =>
        Assert.True((await stage.Broker.MetricsAsync())["moshbroker_datagrams_dropped_total{reason=\"queue_full\"}"] > 0, "no datagram was dropped because the session's queue was full");

    /// <summary>H9: numbers that many young sessions expect, so that each datagram costs a try of many keys.</summary>
    private static async Task DenseNumbersAsync(Stage stage, CancellationToken stop)
    {
        const int Sessions = 40;
        ClientSwarm swarm = stage.Keep(new ClientSwarm());
        int port = 0;
        await Parallel.ForAsync(0, Sessions, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (number, _) =>
        {
            OpenedSession session = await stage.OpenAsync("/bin/cat");
            port = session.Port;
            swarm.Join(number, session.On(IPAddress.Loopback), session.Key, new IPAddress([127, 10, (byte)number, 1]));
        });
        using GarbageFlood flood = new(new IPEndPoint(IPAddress.Loopback, port), perSecond: 3000, isAimed: true);
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    private static async Task<string> DoorPolicyAsync(Stage stage)
    {
        for (int guess = 0; guess < GuessesAtOnce; guess++) { await TestKey.MakeAsync(stage.Scratch, $"guess{guess}"); }
        TestKey ann = await TestKey.MakeAsync(stage.Scratch, "ann");
        return $$"""
            detections: { tripwires: false }
            tenants:
              acme:
                networks: [127.0.0.0/8]
                users: { ann: { keys: ["{{ann.Line}}"] } }
                targets: { cat: { command: { run: [/bin/cat], user: nobody } } }
                access: [{ users: [ann], targets: [cat] }]
            """;
    }

    /// <summary>H10: somebody guesses at the SSH door; then ann logs in, and her client is in a third network.</summary>
    private static async Task GuessesAsync(Stage stage, CancellationToken stop)
    {
        IEnumerable<string> guesses = Enumerable.Range(0, GuessesAtOnce).SelectMany(guess => (string[])["-i", stage.Scratch.File($"guess{guess}")]);
        DateTime end = DateTime.UtcNow.AddSeconds(100);
        while (DateTime.UtcNow < end && !stop.IsCancellationRequested)
        {
            await Task.WhenAll(Command.RunAsync([.. Ssh(stage, "127.9.10.1"), .. guesses, "root@127.0.0.1", "true"], stage.Home.Environment, within: TimeSpan.FromSeconds(60)), Task.Delay(1500, CancellationToken.None));
        }

        CommandResult opened = await Command.RunAsync(
            [.. Ssh(stage, "127.0.0.1"), "-i", stage.Scratch.File("ann"), "root@127.0.0.1", "mosh-server 'new' '-c' '256' '-s' '-l' 'LANG=C.UTF-8' '--' 'cat'"],
            stage.Home.Environment, within: TimeSpan.FromSeconds(60));
        OpenedSession session = MoshServer.Parse(opened);
        using ClientSwarm swarm = new();
        swarm.Join(1, session.On(IPAddress.Loopback), session.Key, IPAddress.Parse("127.33.1.1"));
        await Eventually.TrueAsync(() => stage.Broker.Log.Contains("client attached from 127.33.1.1", StringComparison.Ordinal), "ann's client is there", TimeSpan.FromSeconds(30));
    }

    private static IReadOnlyList<string> Ssh(Stage stage, string from) =>
    [
        "ssh", "-F", "/dev/null", "-b", from, "-p", stage.DoorPort.ToString(CultureInfo.InvariantCulture), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
        "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
    ];

    /// <summary>H11: sessions that are opened over SSH, and no datagram follows.</summary>
    private static async Task NeverComingAsync(Stage stage, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await stage.OpenAsync("/bin/cat");
            await Task.Delay(1200, CancellationToken.None);
        }
    }
}
