using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

/// <summary>Laws that hold for both ends together, over networks of every kind; the pair itself fails on a repeated nonce.</summary>
public sealed class SessionPairProperties
{
    [Fact]
    public void After_any_loss_delay_repetition_and_reordering_both_ends_converge()
    {
        for (int seed = 0; seed < 400; seed++)
        {
            using SessionPair<TextState> pair = NewPair(seed);
            Impair(pair);
            for (int i = 0; i < 25; i++)
            {
                Disturb(pair);
                pair.Run(pair.Random.Next(150));
            }

            Assert.True(pair.RunUntil(() => pair.IsConverged, 60_000), $"seed {seed}");
            Assert.Equal(EndReason.None, pair.Server.EndReason);
            Assert.Equal(EndReason.None, pair.Client.EndReason);
        }
    }

    [Fact]
    public void The_server_hands_on_each_event_once_and_in_order_whatever_the_network_does()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            using SessionPair<TextState> pair = NewPair(seed);
            Impair(pair);
            KeySink sink = new();
            pair.OnServerInput = () => pair.Server.Remote.Drain(sink);
            List<byte> typed = [];
            for (int i = 0; i < 40; i++)
            {
                byte[] keys = pair.Random.Bytes(1 + pair.Random.Next(4));
                typed.AddRange(keys);
                pair.Input.Append(keys);
                pair.Run(pair.Random.Next(60));
            }

            Assert.True(pair.RunUntil(() => sink.Keys.Count == typed.Count, 60_000), $"seed {seed}");
            pair.Run(1000);
            Assert.Equal(typed, sink.Keys);
        }
    }

    [Fact]
    public void No_nonce_is_used_twice_though_sends_fail_snapshots_are_restored_and_epochs_change()
    {
        for (int seed = 0; seed < 150; seed++)
        {
            using SessionPair<TextState> pair = NewPair(seed);
            Impair(pair);
            pair.SendSucceeds = () => !pair.Random.Happens(0.1);
            ulong serverEpoch = 1;
            ulong clientEpoch = 0;
            for (int i = 0; i < 30; i++)
            {
                Disturb(pair);
                switch (pair.Random.Next(8))
                {
                    case 0:
                        pair.Server = Reincarnations.OfServer(pair, ++serverEpoch);
                        break;
                    case 1:
                        pair.Client = Reincarnations.OfClient(pair, ++clientEpoch);
                        break;
                    case 2:
                        pair.Server.BeginEpoch(++serverEpoch);
                        break;
                    case 3:
                        pair.Client.BeginEpoch(++clientEpoch);
                        break;
                    case 4:
                        pair.Server.OnSendTooLong();
                        break;
                }

                pair.Run(pair.Random.Next(400));
            }

            pair.SendSucceeds = () => true;
            Assert.True(pair.RunUntil(() => pair.IsConverged, 60_000), $"seed {seed}");
        }
    }

    [Fact]
    public void A_large_state_goes_in_many_fragments_over_a_bad_network()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            using SessionPair<TextState> pair = NewPair(seed);
            pair.ToClient.Loss = 0.05;
            pair.ToClient.MaxDelay = 40;
            pair.ToClient.Duplication = 0.2;
            pair.Input.Append("x"u8);
            pair.Run(1000);
            pair.Screen.Set(pair.Random.Bytes(20_000));
            Assert.True(pair.RunUntil(() => pair.IsConverged, 120_000), $"seed {seed}");
        }
    }

    [Fact]
    public void After_ten_minutes_without_a_network_both_ends_go_on_within_a_heartbeat()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            using SessionPair<TextState> pair = NewPair(seed);
            pair.Input.Append("a"u8);
            pair.Screen.Set("A"u8);
            Assert.True(pair.RunUntil(() => pair.IsConverged, 5000));

            pair.ToServer.IsCut = true;
            pair.ToClient.IsCut = true;
            int before = pair.DatagramsToClient;
            for (int minute = 0; minute < 10; minute++)
            {
                pair.Input.Append("b"u8);
                pair.Screen.Set(pair.Random.Bytes(10));
                pair.Run(60_000);
            }

            // The server falls silent when it has heard nothing for 40 s.
            Assert.False(pair.Server.HasPeer);
            Assert.Contains(pair.ServerEvents, e => e.Kind == TransportEventKind.PeerForgotten);
            Assert.InRange(pair.DatagramsToClient - before, 1, 600);

            pair.ToServer.IsCut = false;
            pair.ToClient.IsCut = false;
            Assert.True(pair.RunUntil(() => pair.IsConverged, 3500), $"seed {seed}");
        }
    }

    [Fact]
    public void A_restored_end_goes_on_and_the_peer_cannot_tell()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            using SessionPair<TextState> pair = NewPair(seed);
            Impair(pair);
            KeySink sink = new();
            pair.OnServerInput = () => pair.Server.Remote.Drain(sink);
            List<byte> typed = [];
            ulong epoch = 1;
            for (int i = 0; i < 20; i++)
            {
                byte[] keys = pair.Random.Bytes(1 + pair.Random.Next(4));
                typed.AddRange(keys);
                pair.Input.Append(keys);
                pair.Screen.Set(pair.Random.Bytes(pair.Random.Next(100)));
                pair.Run(pair.Random.Next(300));
                if (pair.Random.Next(3) == 0)
                {
                    Transport<TextState, UserInputState> restored = Reincarnations.OfServer(pair, ++epoch);
                    Assert.Equal(epoch << 32, restored.NextSequence);
                    Assert.Equal(pair.Server.RemoteNumber, restored.RemoteNumber);
                    Assert.Equal(pair.Server.AcknowledgedNumber, restored.AcknowledgedNumber);
                    Assert.Equal(pair.Server.HasPeer, restored.HasPeer);
                    pair.Server.Dispose();
                    pair.Server = restored;
                }
            }

            Assert.True(pair.RunUntil(() => pair.IsConverged, 60_000), $"seed {seed}");
            Assert.Equal(typed, sink.Keys);
            Assert.Equal(EndReason.None, pair.Client.EndReason);
            Assert.DoesNotContain(pair.ClientEvents, e => e.Kind is TransportEventKind.Ended or TransportEventKind.PeerShutdown);
        }
    }

    private static SessionPair<TextState> NewPair(int seed) => new(seed, new TextState(), new TextState());

    private static void Impair(SessionPair<TextState> pair)
    {
        SeededRandom random = pair.Random;
        foreach (SimulatedLink link in new[] { pair.ToServer, pair.ToClient })
        {
            link.Loss = random.Next(6) / 10.0;
            link.Duplication = random.Next(5) / 10.0;
            link.MinDelay = random.Next(100);
            link.MaxDelay = link.MinDelay + random.Next(200);
        }
    }

    private static void Disturb(SessionPair<TextState> pair)
    {
        switch (pair.Random.Next(5))
        {
            case 0:
                pair.Input.Append(pair.Random.Bytes(pair.Random.Next(20)));
                break;
            case 1:
                pair.Input.Resize(1 + pair.Random.Next(300), 1 + pair.Random.Next(100));
                break;
            case 2:
                pair.Screen.Set(pair.Random.Bytes(pair.Random.Next(400)));
                break;
            case 3:
                pair.Screen.Set([.. pair.Screen.Bytes, .. pair.Random.Bytes(3)]);
                break;
            default:
                pair.Input.Append("k"u8);
                pair.Screen.Set([.. pair.Screen.Bytes, (byte)'k']);
                break;
        }
    }
}
