using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Protocol.Tests.StateSync;

public sealed class ShutdownTests
{
    [Fact]
    public void A_servers_shutdown_carries_the_last_change_and_ends_when_it_is_acknowledged()
    {
        using ServerEnd end = Attached();
        end.Screen.Set("last words"u8);
        end.Transport.StartShutdown(end.Clock.Now);
        List<(long At, HeardInstruction Said)> heard = end.Hear(300);
        Assert.Equal(ServerEnd.Shutdown, heard[0].Said.NewNum);
        Assert.NotEmpty(heard[0].Said.Diff);
        Assert.Equal(EndReason.None, end.Transport.EndReason);

        end.Take(end.Peer.Say(1, 2, ackNum: ServerEnd.Shutdown));
        Assert.Equal(EndReason.LocalShutdown, end.Transport.EndReason);
        Assert.Contains(end.Events, e => e is { Kind: TransportEventKind.Ended, Reason: EndReason.LocalShutdown });
    }

    [Fact]
    public void A_shutdown_that_nobody_acknowledges_is_said_sixteen_times_a_frame_apart_and_given_up()
    {
        using ServerEnd end = Attached();
        end.Transport.StartShutdown(end.Clock.Now);
        long start = end.Clock.Now.Milliseconds;
        List<(long At, HeardInstruction Said)> heard = end.Hear(15_000);
        Assert.Equal(16, heard.Count);
        Assert.All(heard, h => Assert.Equal(ServerEnd.Shutdown, h.Said.NewNum));

        // No round trip was measured yet: frames are 250 ms apart.
        Assert.All(heard.Zip(heard.Skip(1)), pair => Assert.Equal(250, pair.Second.At - pair.First.At));
        Assert.Equal(EndReason.ShutdownUnanswered, end.Transport.EndReason);
        Assert.InRange(heard[^1].At - start, 0, 10_000);
    }

    [Fact]
    public void A_client_that_shuts_down_is_answered_and_still_answered_when_the_answer_was_lost()
    {
        using ServerEnd end = Attached();
        end.Take(end.Peer.Say(1, ServerEnd.Shutdown));
        Assert.Contains(end.Events, e => e.Kind == TransportEventKind.PeerShutdown);
        Assert.Equal(ServerEnd.Shutdown, end.Hear(300)[^1].Said.AckNum);
        Assert.Equal((EndReason.PeerShutdown, TransportPhase.Lingering), (end.Transport.EndReason, end.Transport.Phase));

        // One answer for each time that it asks again.
        Assert.Empty(end.Hear(3000));
        end.Take(end.Peer.Say(1, ServerEnd.Shutdown));
        Assert.Equal(ServerEnd.Shutdown, Assert.Single(end.Hear(300)).Said.AckNum);

        end.Hear(Transport<TextState, Protocol.States.UserInputState>.LingerTime);
        Assert.Equal(TransportPhase.Closed, end.Transport.Phase);
        Assert.Contains(end.Events, e => e.Kind == TransportEventKind.Closed);
        Assert.Equal(DropReason.Tombstone, end.Take(end.Peer.Say(1, ServerEnd.Shutdown)).Reason);
        Assert.Empty(end.Hear(1000));
    }

    [Fact]
    public void Both_sides_may_shut_down_at_once()
    {
        using SessionPair<TextState> pair = new(3, new TextState(), new TextState());
        pair.Input.Append("x"u8);
        pair.Run(1000);
        pair.Server.StartShutdown(pair.Clock.Now);
        pair.Client.StartShutdown(pair.Clock.Now);
        Assert.True(pair.RunUntil(() => pair.Server.EndReason != EndReason.None && pair.Client.EndReason != EndReason.None, 5000));
        Assert.Equal((EndReason.LocalShutdown, EndReason.LocalShutdown), (pair.Server.EndReason, pair.Client.EndReason));
    }

    [Fact]
    public void Over_a_bad_network_a_shutdown_of_either_side_reaches_the_other()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            using SessionPair<TextState> pair = new(seed, new TextState(), new TextState());
            pair.ToServer.Loss = pair.ToClient.Loss = 0.3;
            pair.ToServer.MaxDelay = pair.ToClient.MaxDelay = 80;
            pair.ToServer.Duplication = pair.ToClient.Duplication = 0.3;
            pair.Input.Append("x"u8);
            Assert.True(pair.RunUntil(() => pair.IsConverged, 30_000), $"seed {seed}");
            pair.Screen.Set("bye"u8);
            if (seed % 2 == 0)
                pair.Server.StartShutdown(pair.Clock.Now);
            else
                pair.Client.StartShutdown(pair.Clock.Now);
            Assert.True(pair.RunUntil(() => pair.Server.EndReason != EndReason.None && pair.Client.EndReason != EndReason.None, 20_000), $"seed {seed}");
            Assert.True((seed % 2 == 0 ? pair.Client.EndReason : pair.Server.EndReason) == EndReason.PeerShutdown, $"seed {seed}");
            if (seed % 2 == 0)
                Assert.True(pair.Client.Remote.Bytes.SequenceEqual("bye"u8), $"seed {seed}");
        }
    }

    private static ServerEnd Attached()
    {
        ServerEnd end = new();
        end.Take(end.Peer.Say(0, 1, diff: HandMadePeer.Keys("a"u8)));
        end.Hear(300);
        return end;
    }
}
