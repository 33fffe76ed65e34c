using System.Net;
using MoshBroker.Actors;
using MoshBroker.Configuration;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Telemetry;

namespace MoshBroker.Detection;

/// <summary>UDP ports that are held and answer nothing: whoever sends there walks along the range.</summary>
internal sealed class TripwirePorts : IScheduled, IReadyHandler, IDisposable
{
    public const int Most = 8;

    // Where people know Mosh to be, so where they look for it.
    private const int Low = 60001;
    private const int High = 60999;
    private const int BatchesPerTurn = 4;

    private readonly List<(FileDescriptor Socket, EpollLoop.Watch? Watch)> _sockets = [];
    private readonly ReceiveBatch _batch = new();
    private readonly EpollLoop _loop;
    private readonly BrokerMetrics _metrics;

    private TripwirePorts(MonoClock clock, BrokerMetrics metrics)
    {
        _metrics = metrics;
        _loop = new EpollLoop(clock, "tripwires");
    }

    /// <summary>Those that are held.</summary>
    public IReadOnlyList<int> Ports { get; private set; } = [];

    /// <summary>Holds what policy names; without names, some that nobody uses, where all sessions share a port; else none. A port in use is left out.</summary>
    public static TripwirePorts Open(DetectionPolicy policy, IReadOnlyList<PortSource> ports, IPAddress? host, MonoClock clock, BrokerMetrics metrics, DetectionLog log)
    {
        TripwirePorts tripwires = new(clock, metrics);
        List<int> held = [];
        bool isNamed = policy.TripwirePorts.Count > 0;
        foreach (int port in isNamed ? policy.TripwirePorts : policy.HasTripwires ? Draw(ports) : [])
        {
            if (held.Count == Most) { break; }
            FileDescriptor? socket = UdpNative.TryBind(UdpAddress.From(host ?? IPAddress.IPv6Any, port), out _, out int errno);
            if (socket is not null)
            {
                tripwires._sockets.Add((socket, null));
                held.Add(port);
            }
            else if (isNamed) { log.NoTripwire(port, Errno.Text(errno)); }
        }

        tripwires.Ports = held;
        if (held.Count > 0)
        {
            tripwires._loop.Start();
            tripwires._loop.Schedule(tripwires);
        }

        return tripwires;
    }

    public void Run(MonoTime now)
    {
        for (int i = 0; i < _sockets.Count; i++) { _sockets[i] = (_sockets[i].Socket, _loop.Add(_sockets[i].Socket, EpollNative.In, this)); }
    }

    public void OnTimer(MonoTime now)
    {
        // None is armed.
    }

    public void OnReady(MonoTime now, uint events)
    {
        // Which of the few it was, epoll does not say here; to ask all costs little.
        foreach ((FileDescriptor socket, _) in _sockets) { Drain(socket); }
    }

    public void OnFault(Exception failure)
    {
        // The rest of the batch is lost; nothing hangs on it.
    }

    public void Dispose()
    {
        _loop.Dispose();
        foreach ((FileDescriptor socket, _) in _sockets) { socket.Dispose(); }
        _batch.Dispose();
    }

    private static IEnumerable<int> Draw(IReadOnlyList<PortSource> ports)
    {
        if (ports.Count == 0 || ports.Any(source => source is not PortSource.Shared)) { return []; }
        int[] drawn = [.. Enumerable.Range(Low, High - Low + 1).Except(ports.OfType<PortSource.Shared>().Select(shared => shared.Port))];
        Random.Shared.Shuffle(drawn);
        return drawn.Take(4 * Most);
    }

    private void Drain(FileDescriptor socket)
    {
        for (int round = 0; round < BatchesPerTurn; round++)
        {
            int count = _batch.Receive(socket);
            for (int i = 0; i < count; i++)
            {
                UdpAddress source = _batch.Path(i, out _).Peer;
                _metrics.Received(source.IsIPv4, _batch.Datagram(i).Length);
                _metrics.Dropped(DropReason.UnknownSource);
                _metrics.Lookout.Tripped(source);
            }

            if (count < _batch.Capacity) { break; }
        }
    }
}
