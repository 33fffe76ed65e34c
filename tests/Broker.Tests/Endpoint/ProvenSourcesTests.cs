using MoshBroker.Broker.Tests.Sessions;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Endpoint;

/// <summary>The witness at the last step before the network.</summary>
public sealed class ProvenSourcesTests : IDisposable
{
    private static readonly UdpPath Client = MemoryEndpoint.From("192.0.2.1", 4000);
    private static readonly UdpPath Stranger = MemoryEndpoint.From("198.51.100.9", 5000);

    private readonly BrokerMetrics _metrics = new();
    private readonly MemoryEndpoint _endpoint = new(60001, new ReceivedDatagrams());

    private long Unauthenticated => _metrics.ReadNodePulse().Unauthenticated;

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Bytes_to_an_address_that_nothing_authentic_came_from_are_counted()
    {
        ProvenSources sources = new(_metrics, places: 4);
        sources.Note(Client);
        sources.Send(_endpoint, Client, new byte[100]);
        Assert.Equal(0, Unauthenticated);
        sources.Send(_endpoint, Stranger, new byte[100]);
        sources.Send(_endpoint, Client with { Peer = Client.Peer with { Port = 4001 } }, new byte[11]);
        Assert.Equal(111, Unauthenticated);
        Assert.Equal(3, _endpoint.AllSent.Count);
    }

    [Fact]
    public void Before_anything_came_everybody_is_a_stranger()
    {
        new ProvenSources(_metrics, places: 1).Send(_endpoint, default, new byte[7]);
        Assert.Equal(7, Unauthenticated);
    }

    [Fact]
    public void What_did_not_leave_is_not_counted()
    {
        _endpoint.Result = SendResult.TooLong;
        Assert.Equal(SendResult.TooLong, new ProvenSources(_metrics, places: 4).Send(_endpoint, Stranger, new byte[100]));
        Assert.Equal(0, Unauthenticated);
    }

    [Fact]
    public void Where_the_client_is_known_to_be_is_not_forgotten_for_any_number_of_others()
    {
        PathGuard<UdpPath> guard = new();
        guard.Restore(Client);
        ProvenSources sources = new(_metrics, places: 4);
        sources.Note(Client, guard);
        for (int other = 1; other < 50; other++) { sources.Note(MemoryEndpoint.From($"198.51.100.{other}", 1), guard); }
        sources.Send(_endpoint, Client, new byte[100]);
        sources.Send(_endpoint, MemoryEndpoint.From("198.51.100.49", 1), new byte[100]);
        Assert.Equal(0, Unauthenticated);
        sources.Send(_endpoint, MemoryEndpoint.From("198.51.100.1", 1), new byte[1]);
        Assert.Equal(1, Unauthenticated);
    }
}
