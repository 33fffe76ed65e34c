using System.Buffers;
using MoshBroker.Actors;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions;

/// <summary>A loop, and what the turns on it share because a turn never waits: buffers and compression state.</summary>
internal sealed class SessionWorker : ISessionHost, IDisposable
{
    private const int ReadLength = 64 * 1024; // The kernel gives at most 4 KiB of a terminal at a time; later kernels may give more.

    private readonly ReceiveBatch _batch = new();

    public SessionWorker(MonoClock clock, int number, BrokerMetrics metrics)
    {
        Metrics = metrics;
        Loop = new EpollLoop(clock, $"sessions-{number}", Measures.AreOn ? OnTurn : null);
    }

    public EpollLoop Loop { get; }

    public BrokerMetrics Metrics { get; }

    public LoopLoad Load { get; } = new();

    public ExtensionOffer Offer { get; init; } = ExtensionOffer.Everything;

    public IDispatcher Dispatcher => Loop;

    public TransportScratch Scratch { get; } = new();

    public IRandomSource Random { get; } = new BufferedRandom();

    public ArrayBufferWriter<byte> SendBuffer { get; } = new(4096);

    public ArrayBufferWriter<byte> SaveBuffer { get; } = new(64 * 1024);

    public byte[] ReadBuffer { get; } = GC.AllocateUninitializedArray<byte>(ReadLength, pinned: true);

    /// <summary>Sessions that live here; the hub's to write.</summary>
    public int Sessions { get; set; }

    public IUdpEndpoint OpenEndpoint(ChannelSeed seed, IDatagramHandler handler)
    {
        if (seed.Route is not { } route) { return new UdpEndpoint(seed.Socket!, seed.Port, Loop, _batch, handler); }
        route.Attach(handler);
        return route;
    }

    public void Dispose()
    {
        Loop.Dispose();
        _batch.Dispose();
        Scratch.Dispose();
    }

    private void OnTurn(TimeSpan wait)
    {
        Metrics.MailboxWaited(ActorKind.Session, wait);
        Load.OnTurn(wait);
    }
}
