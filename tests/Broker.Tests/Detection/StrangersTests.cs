using MoshBroker.Broker.Tests.Endpoint;
using MoshBroker.Broker.Tests.Sessions;
using MoshBroker.Cluster;
using MoshBroker.Detection;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Detection;

/// <summary>What becomes of strangers' datagrams at a channel's own port, and what is told of them.</summary>
public sealed class StrangersTests
{
    private static readonly UdpPath Stranger = MemoryEndpoint.From("203.0.113.7", 40_000);

    [Fact]
    public void While_strangers_are_sampled_a_channel_looks_at_one_in_so_many_and_at_all_of_its_client()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.RunUntil(() => session.Backend.IsReleased, "the client is there");
        session.Host.Metrics.Lookout.Filter.Sample(10);
        for (int i = 0; i < 100; i++) { session.Endpoint().Receive(session.Now, Stranger, Garbage(i)); }
        Assert.Equal((90, 10), (Drops(session, DropReason.RateLimited), Drops(session, DropReason.AuthFailed)));
        client.Type("ls");
        session.RunUntil(() => session.Backend.Input == "ls", "the client types on");
        Assert.Equal(90, Drops(session, DropReason.RateLimited));
    }

    [Fact]
    public void A_tombstone_turns_blocked_networks_away_and_lets_its_client_in()
    {
        using StagedSession session = StagedSession.Started();
        ScriptedClient client = session.Join();
        session.RunUntil(() => client.Transport.RemoteNumber > 0, "the client is there");
        client.IsAway = true;
        session.Actor.Tell(new SessionMessage.Close(SessionEndReason.Operator));
        session.Run(60_000);
        Assert.Single(session.Buried);
        foreach (ulong network in new[] { Stranger.Network, client.Path.Network }) { session.Host.Metrics.Lookout.Filter.Block(session.Now, network, TimeSpan.FromHours(1)); }
        for (int i = 0; i < 5; i++) { session.Endpoint().Receive(session.Now, Stranger, Garbage(i)); }
        Assert.Equal((5, 0), (Drops(session, DropReason.RateLimited), Drops(session, DropReason.AuthFailed)));
        client.IsAway = false;
        session.RunUntil(() => client.EndReason == EndReason.PeerShutdown, "the client is told");
        Assert.Equal(0, session.Host.Metrics.ReadNodePulse().Unauthenticated);
    }

    [Fact]
    public void The_first_drop_from_a_network_is_a_line_and_a_flood_is_few()
    {
        using BrokerMetrics metrics = new();
        LogLines<SharedPort> log = new();
        Lookout lookout = metrics.Lookout;
        lookout.Log = new EndpointLog(log);
        lookout.Trusted = NetworkSet.Of([NetworkText.RangeOf(MemoryEndpoint.From("198.51.100.1", 1).Network)]);
        lookout.Take(new MonoTime(1_000_000));
        lookout.Dropped(UdpAddress.From(System.Net.IPAddress.Parse("198.51.100.1"), 1), 60001, DropReason.AuthFailed);
        for (int i = 0; i < 100; i++) { lookout.Dropped(Stranger.Peer, 60001, DropReason.AuthFailed); }
        Assert.Equal(["UDP port 60001: a datagram from 203.0.113.0/24 was dropped (auth_failed); 0 others, from anywhere, since the last such line"], log.Lines);
        for (int i = 0; i < 10_000; i++) { lookout.Dropped(UdpAddress.From(new System.Net.IPAddress([10, (byte)(i >> 8), (byte)i, 1]), 1), 60002, DropReason.UnknownSource); }
        Assert.Equal(DropSample.LinesPerMinute, log.Lines.Count);
        Assert.Contains("port 60002", log.Lines[1], StringComparison.Ordinal);
        Assert.EndsWith("99 others, from anywhere, since the last such line", log.Lines[1], StringComparison.Ordinal);
        lookout.Take(new MonoTime(1_000_000 + DropSample.QuietMs));
        lookout.Dropped(Stranger.Peer, 60001, DropReason.AuthFailed);
        Assert.Equal(DropSample.LinesPerMinute + 1, log.Lines.Count);
    }

    private static byte[] Garbage(int seed)
    {
        byte[] datagram = new byte[80];
        new Random(seed).NextBytes(datagram);
        datagram[0] &= 0x7F;
        return datagram;
    }

    private static long Drops(StagedSession session, DropReason reason) => session.Host.Metrics.ReadDrops().GetValueOrDefault(reason.WireName());
}
