using System.Buffers;
using MoshBroker.Actors;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Telemetry;
using MoshBroker.Testing;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A loop without a thread, whose endpoints are queues.</summary>
internal sealed class MemoryHost : ISessionHost, IDisposable
{
    public ManualDispatcher Loop { get; } = new();

    public IDispatcher Dispatcher => Loop;

    public TransportScratch Scratch { get; } = new();

    public LoopLoad Load { get; } = new();

    public BrokerMetrics Metrics { get; } = new();

    public IRandomSource Random { get; } = new SeededRandom(1);

    public ArrayBufferWriter<byte> SendBuffer { get; } = new(4096);

    public ArrayBufferWriter<byte> SaveBuffer { get; } = new(4096);

    /// <summary>By port.</summary>
    public Dictionary<int, MemoryEndpoint> Endpoints { get; } = [];

    /// <summary>Fails the next endpoint.</summary>
    public Exception? EndpointFailure { get; set; }

    public IUdpEndpoint OpenEndpoint(ChannelSeed seed, IDatagramHandler handler)
    {
        if (EndpointFailure is { } failure) { throw failure; }
        return Endpoints[seed.Port] = new MemoryEndpoint(seed.Port, handler);
    }

    public void Dispose()
    {
        Scratch.Dispose();
        Metrics.Dispose();
    }
}
