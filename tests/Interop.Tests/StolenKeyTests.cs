using System.Text.Json;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>A peer that has the key and does not keep to the protocol harms its own session only.</summary>
[Collection(InteropGroup.Name)]
public sealed class StolenKeyTests(InteropFixture fixture) : IDisposable
{
    private const int Sessions = 12;
    private const int DatagramsEach = 250;

    private readonly SessionHome _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Authentic_nonsense_leaves_the_broker_and_the_neighbours_unharmed()
    {
        OpenedSession neighbour = await fixture.Broker.OpenAsync(_home.Environment, SessionHome.Bash);
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(neighbour, _home);
        await terminal.WaitForTextAsync("p1>");
        long memoryBefore = PrivateKib();
        for (int seed = 1; seed <= Sessions; seed++)
        {
            OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, ["/bin/cat"]);
            using var peer = new WireClient(session);
            peer.SendInstruction(0, 1, ProtobufFields.Resize(80, 24));
            Assert.True(await peer.ReceiveAsync(TimeSpan.FromSeconds(50)) is not null, $"seed {seed}: no answer to a good datagram");
            var random = new Random(seed);
            for (int i = 0; i < DatagramsEach; i++) { peer.SendSealed(Nonsense(random)); }
            await terminal.TypeAsync($"echo $((seed = {seed} * 1000))-is-here\r");
            await terminal.WaitForTextAsync($"{seed * 1000}-is-here");
        }

        Assert.Contains(neighbour.Id, await fixture.Broker.LiveAsync());
        Assert.True(PrivateKib() - memoryBefore < 300_000, $"{PrivateKib() - memoryBefore} KiB more than before");
    }

    [Theory]
    [InlineData("throwaway beyond what is held")]
    [InlineData("a window of no size")]
    [InlineData("a thousand bad instructions")]
    public async Task What_breaks_the_protocol_ends_that_session_with_its_reason(string violation)
    {
        OpenedSession session = await fixture.Broker.OpenAsync(_home.Environment, ["/bin/cat"]);
        using var peer = new WireClient(session);
        peer.SendInstruction(0, 1, ProtobufFields.Resize(80, 24));
        Assert.NotNull(await peer.ReceiveAsync(TimeSpan.FromSeconds(50)));
        switch (violation)
        {
            case "throwaway beyond what is held": peer.SendInstruction(1, 2, ProtobufFields.Keys("x"), throwaway: 900); break;
            case "a window of no size": peer.SendInstruction(1, 2, ProtobufFields.Resize(0, 5)); break;
            default:
                for (int i = 0; i < 1100; i++)
                {
                    peer.SendSealed(MoshWire.Packet((ulong)i + 10, 0x8000, [1, 2, 3]));
                    // A queue that is full may refuse datagrams; these are to be counted, every one.
                    if (i % 50 == 49) { await WaitForDatagramsAsync(session, i); }
                }

                break;
        }

        await Eventually.TrueAsync(async () => !(await fixture.Broker.LiveAsync()).Contains(session.Id, StringComparer.Ordinal), "the session has ended");
        await Eventually.TrueAsync(
            () => fixture.Broker.Log.Split('\n').Any(line => line.Contains(session.Id, StringComparison.Ordinal) && line.Contains("protocol", StringComparison.Ordinal)),
            "the log has the reason");
    }

    /// <summary>A packet's plaintext that gets past authentication and is wrong in one of many ways.</summary>
    private static byte[] Nonsense(Random random)
    {
        ulong any = (ulong)random.NextInt64();
        byte[] noise = new byte[random.Next(0, 1200)];
        random.NextBytes(noise);
        WireInstruction good = new(2, 1, 2 + (any % 50), any % 3, 0, ProtobufFields.Keys("abc"));
        return random.Next(12) switch
        {
            0 => noise,
            1 => noise[..Math.Min(noise.Length, random.Next(0, 16))],
            2 => MoshWire.Packet(any, (ushort)random.Next(65536), noise),
            3 => Whole(any, MoshWire.Deflate(noise)),
            4 => Whole(any, MoshWire.Deflate((good with { Diff = noise }).ToBytes())),
            5 => Whole(any, MoshWire.Deflate((good with { Version = any }).ToBytes())),
            6 => Whole(any, MoshWire.Deflate((good with { OldNum = any, NewNum = any + 1 }).ToBytes())),
            7 => Whole(any, MoshWire.Deflate((good with { Diff = ProtobufFields.Resize(random.Next(), random.Next()) }).ToBytes())),
            8 => Whole(any, MoshWire.Deflate((good with { Diff = ProtobufFields.Keys(new string('k', 100_000)) }).ToBytes())),
            9 => Whole(any, MoshWire.Deflate(new byte[6_000_000])[..1100]),
            10 => Whole(any, Mutated(random, MoshWire.Deflate(good.ToBytes()))),
            _ => Mutated(random, Whole(any, MoshWire.Deflate(Mutated(random, good.ToBytes())))),
        };
    }

    private static byte[] Whole(ulong id, byte[] contents) => MoshWire.Packet(id, 0x8000, contents);

    private static byte[] Mutated(Random random, byte[] bytes)
    {
        for (int i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--) { bytes[random.Next(bytes.Length)] ^= (byte)random.Next(1, 256); }
        return bytes;
    }

    private async Task WaitForDatagramsAsync(OpenedSession session, int count) =>
        await Eventually.TrueAsync(
            async () =>
            {
                CommandResult shown = await fixture.Broker.CommandAsync("sessions", "show", session.Id, "--json");
                if (shown.ExitCode != 0) { return true; }
                using var document = JsonDocument.Parse(shown.Output);
                return document.RootElement.GetProperty("state").GetString() == "ended"
                    || document.RootElement.GetProperty("channels").EnumerateArray().Any(c => c.GetProperty("datagramsIn").GetInt64() >= count);
            },
            "the datagrams are taken");

    private long PrivateKib() =>
        File.ReadAllLines($"/proc/{fixture.Broker.ProcessId}/smaps_rollup").Where(line => line.StartsWith("Private_", StringComparison.Ordinal))
            .Sum(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
}
