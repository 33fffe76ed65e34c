using MoshBroker.Cluster;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A channel that ended while its client was away leaves a tombstone.</summary>
public sealed class EndedChannelTests
{
    [Fact]
    public void A_client_that_returns_an_hour_after_the_end_is_told_so_and_leaves()
    {
        using StagedSession session = EndedWhileAway(out ScriptedClient client);
        session.Run(3_600_000);
        client.IsAway = false;
        session.RunUntil(() => client.Transport.Phase >= TransportPhase.Lingering, "the client is told");
        Assert.Equal(EndReason.PeerShutdown, client.EndReason);
    }

    [Fact]
    public void Its_socket_stays_open_until_it_is_given_up()
    {
        using StagedSession session = EndedWhileAway(out _);
        EndedChannel ended = Assert.Single(session.Buried);
        Assert.True(session.HasStopped);
        Assert.False(session.Endpoint().IsDisposed);
        Task given = ended.GiveUpAsync();
        session.Run(10);
        Assert.True(given.IsCompletedSuccessfully);
        Assert.True(session.Endpoint().IsDisposed);
    }

    [Fact]
    public void A_client_that_was_told_leaves_no_tombstone()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.RunUntil(() => client.Transport.RemoteNumber > 0, "the client is there");
        session.Actor.Tell(new SessionMessage.Close(SessionEndReason.Operator));
        session.Run(60_000);
        Assert.True(session.HasStopped);
        Assert.Empty(session.Buried);
        Assert.True(session.Endpoint().IsDisposed);
    }

    [Fact]
    public void Nobody_but_the_client_is_answered_and_the_client_a_few_times_a_second_at_most()
    {
        using StagedSession session = EndedWhileAway(out ScriptedClient client);
        MemoryEndpoint endpoint = session.Endpoint();
        int before = endpoint.AllSent.Count;
        endpoint.Receive(session.Now, client.Path, new byte[100]);
        Assert.Equal(before, endpoint.AllSent.Count);
        using AuthenticPeer peer = new(session.Key());
        byte[] last = [];
        for (int i = 0; i < 100; i++)
        {
            last = peer.Instruction(0, (ulong)i + 1000, []);
            endpoint.Receive(session.Now, client.Path, last);
            session.Run(10);
        }

        Assert.InRange(endpoint.AllSent.Count - before, 3, 5);
        before = endpoint.AllSent.Count;
        session.Run(1000);
        endpoint.Receive(session.Now, MemoryEndpoint.From("203.0.113.9", 4), last);
        Assert.Equal(before, endpoint.AllSent.Count);
        Assert.True(endpoint.AllSent.TrueForAll(datagram => datagram.Length <= DatagramLimits.IPv4));
    }

    [Fact]
    public void Numbers_go_on_where_the_channel_stopped()
    {
        using StagedSession session = EndedWhileAway(out ScriptedClient client);
        session.Run(10_000);
        client.IsAway = false;
        session.RunUntil(() => client.EndReason == EndReason.PeerShutdown, "the client is told");
        ulong[] numbers = [.. session.Endpoint().AllSent.Select(datagram => System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(datagram))];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
    }

    [Fact]
    public void What_the_kernel_dropped_is_the_channels_then_the_tombstones_and_then_nobodys_and_never_lost_or_counted_twice()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.RunUntil(() => client.Transport.RemoteNumber > 0, "the client is there");
        Channel channel = session.Actor.Channels[0];
        session.Endpoint().KernelDrops = 7;
        Assert.Equal((7u, 0), (channel.KernelDrops, session.Host.Metrics.ClosedSocketDrops));
        client.IsAway = true;
        session.Actor.Tell(new SessionMessage.Close(SessionEndReason.Operator));
        session.Run(60_000);
        using EndedChannels ended = new(8, _ => { });
        ended.Add(session.Buried[0]);
        Assert.Equal((0u, 7, 0), (channel.KernelDrops, ended.KernelDrops, session.Host.Metrics.ClosedSocketDrops));
        session.Endpoint().KernelDrops = 9;
        Assert.Equal(9, ended.KernelDrops);
        ended.TryGiveUpOldest(_ => true, out _);
        session.Run(10);
        Assert.Equal((0, 9), (ended.KernelDrops, session.Host.Metrics.ClosedSocketDrops));
    }

    [Fact]
    public void Of_too_many_the_oldest_goes_first()
    {
        using StagedSession first = EndedWhileAway(out _);
        using StagedSession second = EndedWhileAway(out _);
        List<EndedChannelName> gone = [];
        using EndedChannels ended = new(1, gone.Add);
        ended.Add(first.Buried[0]);
        ended.Add(second.Buried[0]);
        Assert.Equal([first.Buried[0].Name], gone);
        first.Run(10);
        Assert.True(first.Endpoint().IsDisposed);
        Assert.False(second.Endpoint().IsDisposed);
        ended.Expire(second.Buried[0].EndedAt.Plus(EndedChannels.KeptMs));
        second.Run(10);
        Assert.True(second.Endpoint().IsDisposed);
        Assert.Equal(0, ended.Count);
    }

    private static StagedSession EndedWhileAway(out ScriptedClient client)
    {
        StagedSession session = StagedSession.Started();
        ScriptedClient joined = client = session.Join();
        session.RunUntil(() => joined.Transport.RemoteNumber > 0, "the client is there");
        session.Run(1000);
        joined.IsAway = true;
        session.Actor.Tell(new SessionMessage.Close(SessionEndReason.Operator));
        session.Run(60_000);
        return session;
    }
}
