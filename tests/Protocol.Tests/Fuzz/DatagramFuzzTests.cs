using System.Buffers;
using System.Diagnostics;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Protocol.Terminal;
using MoshBroker.Protocol.Tests.StateSync;
using MoshBroker.Protocol.Wire;
using MoshBroker.Testing;
using Xunit;
using Xunit.Abstractions;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>Datagrams from strangers, and from somebody who stole the key. See <see cref="FuzzScale"/>.</summary>
[Collection(FuzzGroup.Name)]
public sealed class DatagramFuzzTests(ITestOutputHelper output)
{
    private const int MostStates = 1024 + 2;
    private const long MostGrowth = 256 * 1024 * 1024;

    // What one datagram may make us do is bounded by the inflate limit; this is ten times what that takes on a busy machine.
    private static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(5);

    [Fact]
    public void Mutated_datagrams_of_strangers_change_nothing_and_are_never_answered()
    {
        SeededRandom random = new(FuzzScale.Seed);
        int count = FuzzScale.Of(300_000, 10_000);
        int perSession = count / RecordedSession.Names().Count();
        long tried = 0;
        foreach (string name in RecordedSession.Names())
        {
            RecordedSession session = RecordedSession.Read(name);
            byte[][] corpus = [.. session.Datagrams.Where(d => d.Direction == Direction.ClientToServer).Select(d => d.Bytes)];
            using SessionKey key = session.Key;
            using TransportScratch scratch = new();
            TransportSetup setup = new() { Sends = Direction.ServerToClient, Key = key, Random = random, Scratch = scratch };
            using Transport<TextState, UserInputState> server = new(new MonoTime(0), setup, new TextState(), new UserInputState());
            ArrayBufferWriter<byte> answer = new();
            for (int i = 0; i < perSession; i++)
            {
                byte[] original = corpus[random.Next(corpus.Length)];
                byte[] datagram = Mutation.Of(original, random);
                if (datagram.AsSpan().SequenceEqual(original))
                    continue;
                MonoTime now = new(i);
                DatagramVerdict verdict = server.OnDatagram(now, datagram, random.Happens(0.1));
                Assert.False(verdict.IsAuthentic, $"seed {FuzzScale.Seed}");
                Assert.NotEqual(DropReason.None, verdict.Reason);
                Assert.False(server.TryTransmit(now, answer));
                tried++;
            }

            Assert.Equal((0ul, 0ul, 1), (server.RemoteNumber, server.Statistics.MalformedReceived, server.RemoteStatesHeld));
            Assert.False(server.HasPeer);
        }

        output.WriteLine($"{tried} mutated datagrams of strangers refused, none answered");
    }

    [Fact]
    public void A_thief_of_the_key_who_says_anything_at_any_layer_to_a_server_ends_at_most_his_own_channel()
    {
        SeededRandom random = new(FuzzScale.Seed);
        int count = FuzzScale.Of(1_000_000, 12_000);
        Dictionary<EndReason, int> ends = [];
        Dictionary<DropReason, int> drops = [];
        ThiefOfInput thief = new(random);
        KeySink sink = new();
        ArrayBufferWriter<byte> sent = new(4096);
        TimeSpan longest = default;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        ServerEnd end = new(FuzzScale.Seed);
        for (int i = 0; i < count; i++)
        {
            byte[] datagram = thief.Next(end.Peer, end.Transport.RemoteNumber, end.Transport.NextSequence);
            long start = Stopwatch.GetTimestamp();
            DropReason reason = end.Take(datagram).Reason;
            end.Transport.Remote.Drain(sink);
            if (random.Next(4) == 0)
                end.Screen.Set(random.Bytes(random.Next(300)));
            end.Clock.Advance(random.Next(30));
            sent.ResetWrittenCount();
            while (end.Transport.TryTransmit(end.Clock.Now, sent))
                sent.ResetWrittenCount();
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            longest = took > longest ? took : longest;
            drops[reason] = drops.GetValueOrDefault(reason) + 1;
            Assert.InRange(end.Transport.RemoteStatesHeld, 1, MostStates);
            Assert.InRange(end.Transport.OutstandingStates, 0, 31);
            Assert.InRange(end.Transport.Remote.KeptLength, 0, ZlibCodec.MaxLength * 9);
            sink.Keys.Clear();
            sink.Sizes.Clear();

            if (end.Transport.EndReason != EndReason.None && random.Next(20) == 0)
            {
                ends[end.Transport.EndReason] = ends.GetValueOrDefault(end.Transport.EndReason) + 1;
                end.Dispose();
                end = new ServerEnd(FuzzScale.Seed + i);
            }

            if (i % 100_000 == 0)
                Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostGrowth);
        }

        end.Dispose();
        output.WriteLine($"{count} datagrams to a server, longest step {longest.TotalMilliseconds:F1} ms, memory {(GC.GetTotalMemory(true) - before) / 1024:N0} KiB more");
        output.WriteLine($"drops {string.Join(", ", drops.OrderBy(d => d.Key))}; ends {string.Join(", ", ends.OrderBy(e => e.Key))}");
        Assert.InRange(longest, default, LongestStep);
        Assert.True(ends.Count >= 3 && drops.Count >= 4, "Nearly nothing was reached.");
    }

    [Fact]
    public void A_thief_of_the_key_who_says_anything_at_any_layer_to_a_client_does_it_no_harm()
    {
        SeededRandom random = new(FuzzScale.Seed);
        int count = FuzzScale.Of(200_000, 2_500);
        Dictionary<EndReason, int> ends = [];
        using SessionKey key = SessionKey.Generate(random);
        using TransportScratch scratch = new();
        ThiefOfScreens thief = new(random);
        ArrayBufferWriter<byte> sent = new(4096);
        MonoTime now = new(1);
        TimeSpan longest = default;
        long before = GC.GetTotalMemory(forceFullCollection: true);
        HandMadePeer peer = new(key, Direction.ServerToClient);
        UserInputState input = new();
        Transport<UserInputState, RemoteScreenState> client = NewClient();
        for (int i = 0; i < count; i++)
        {
            byte[] datagram = thief.Next(peer, client.RemoteNumber, client.NextSequence);
            long start = Stopwatch.GetTimestamp();
            client.OnDatagram(now, datagram, congestionExperienced: false);
            if (random.Next(4) == 0 && client.Phase == TransportPhase.Open)
                input.Append(random.Bytes(3));
            now = now.Plus(random.Next(30));
            sent.ResetWrittenCount();
            while (client.TryTransmit(now, sent))
                sent.ResetWrittenCount();
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            longest = took > longest ? took : longest;
            Assert.InRange(client.RemoteStatesHeld, 1, MostStates);
            Assert.InRange(client.Remote.Frame.CursorColumn, 0, client.Remote.Frame.Columns - 1);
            if (client.EndReason != EndReason.None && random.Next(5) == 0)
            {
                ends[client.EndReason] = ends.GetValueOrDefault(client.EndReason) + 1;
                client.Dispose();
                peer.Dispose();
                peer = new HandMadePeer(key, Direction.ServerToClient);
                input = new UserInputState();
                client = NewClient();
            }

            if (i % 50_000 == 0)
                Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, MostGrowth);
        }

        client.Dispose();
        peer.Dispose();
        output.WriteLine($"{count} datagrams to a client, longest step {longest.TotalMilliseconds:F1} ms, ends {string.Join(", ", ends.OrderBy(e => e.Key))}");
        Assert.InRange(longest, default, LongestStep);
        Assert.True(ends.Count >= 2, "Nearly nothing was reached.");

        Transport<UserInputState, RemoteScreenState> NewClient() => new(
            now,
            new TransportSetup { Sends = Direction.ClientToServer, Key = key, Random = random, Scratch = scratch },
            input,
            new RemoteScreenState(20, 5));
    }
}
