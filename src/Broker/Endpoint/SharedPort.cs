using System.Collections.Concurrent;
using System.Security.Cryptography;
using MoshBroker.Actors;
using MoshBroker.Detection;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Telemetry;

namespace MoshBroker.Endpoint;

/// <summary>One UDP port for many channels. A thread of its own receives, finds out whose a datagram is, proves it, and hands it to the session's loop.</summary>
/// <remarks>Only what is authentic leaves this thread; answers leave from the sessions' own, through the same socket.</remarks>
internal sealed class SharedPort : IReadyHandler, IScheduled, IDisposable
{
    private const int BatchCapacity = 64;
    private const int BatchesPerTurn = 4;
    private const int BufferBytes = 8 << 20; // A flood, or a collection pause, fills a default socket in 2 ms.
    private const long ReportIntervalMs = 60_000;

    private readonly FileDescriptor _socket;
    private readonly EpollLoop _loop;
    private readonly BrokerMetrics _metrics;
    private readonly EndpointLog? _log;
    private readonly ReceiveBatch _batch = new(BatchCapacity);
    private readonly DatagramRing[] _rings;
    private readonly SessionFinder _finder;
    private readonly ConcurrentQueue<SharedRoute> _opened = new();
    private readonly ConcurrentQueue<SharedRoute> _retired = new();
    private readonly ConcurrentQueue<SharedRoute> _closed = new();
    private readonly HashSet<SharedRoute> _routes = [];
    private MonoTime _reportedAt = MonoTime.Never;
    private long _reportedDrops;
    private readonly EpollLoop.Watch _watch;
    private volatile bool _begins;
    private bool _hasFailed;
    private bool _disposed;

    /// <summary>Takes over <paramref name="socket"/>; each of <paramref name="loops"/> gets a ring.</summary>
    /// <param name="waits">Datagrams wait in the kernel until <see cref="Begin"/>: their channels are still to be opened.</param>
    public SharedPort(FileDescriptor socket, int port, MonoClock clock, IReadOnlyList<IDispatcher> loops, BrokerMetrics metrics, EndpointLog? log = null, bool waits = false)
    {
        _socket = socket;
        Port = port;
        _metrics = metrics;
        _log = log;
        UdpNative.Widen(socket, BufferBytes);
        _rings = [.. loops.Select(loop => new DatagramRing(loop))];
        _finder = new SessionFinder(BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), Stats);
        _loop = new EpollLoop(clock, $"shared-{port}", wait => metrics.MailboxWaited(ActorKind.Ingress, wait));
        _watch = _loop.Add(socket, waits ? 0 : EpollNative.In, this); // Nothing runs there yet.
        _loop.Start();
    }

    public int Port { get; }

    public DemuxStats Stats { get; } = new();

    /// <summary>Datagrams that the kernel dropped since the socket was opened.</summary>
    public uint KernelDrops => _disposed ? 0 : UdpNative.Drops(_socket);

    /// <summary>Room for a plaintext that is looked at and forgotten; the port's thread's.</summary>
    public byte[] Plaintext { get; } = new byte[DatagramLimits.MaxReceived];

    /// <summary>
    /// Makes room for a channel whose session lives on that loop. From any thread: a datagram that was sent after this returned finds the channel.
    /// </summary>
    /// <param name="loop">Which.</param>
    /// <param name="nextExpected">The client's next number is this or higher; 0 for a client that has not come yet.</param>
    public SharedRoute Open(SessionKey key, int loop, ulong nextExpected = 0) => Open(new SharedRoute(this, key, _rings[loop]) { NextExpected = nextExpected });

    /// <summary>The same for the tombstone of a channel that another process ended.</summary>
    public SharedRoute OpenEnded(SessionKey key, int loop, ulong nextExpected) =>
        Open(new SharedRoute(this, key, _rings[loop]) { HasEnded = true, NextExpected = nextExpected });

    /// <summary>All channels that a process before had there are open: what waited for them is received. From any thread.</summary>
    public void Begin()
    {
        _begins = true;
        _loop.Schedule(this);
    }

    /// <summary>From any thread.</summary>
    public void Close(SharedRoute route)
    {
        _closed.Enqueue(route);
        _loop.Schedule(this);
    }

    /// <summary>The channel has ended: its client is looked for after all others. From any thread.</summary>
    public void Retire(SharedRoute route)
    {
        _retired.Enqueue(route);
        _loop.Schedule(this);
    }

    public SendResult Send(in UdpPath path, ReadOnlySpan<byte> datagram) => UdpNative.Send(_socket, path, datagram);

    public void Run(MonoTime now)
    {
        TakeChanges();
        if (!_begins) { return; }
        _begins = false;
        _loop.Change(_watch, EpollNative.In);
    }

    public void OnTimer(MonoTime now)
    {
    }

    public void OnReady(MonoTime now, uint events)
    {
        for (int round = 0; round < BatchesPerTurn; round++)
        {
            int count = _batch.Receive(_socket);

            // After receiving: whoever sent one of these had his key from a channel that was opened before.
            TakeChanges();
            Stats.Received += count;
            for (int i = 0; i < count; i++) { Deliver(now, i); }
            if (count < _batch.Capacity) { break; }
        }
    }

    public void OnFault(Exception failure)
    {
        // The rest of the batch is lost, as on any network; said once, since whoever found a way to cause it may do so with every datagram.
        if (_hasFailed) { return; }
        _hasFailed = true;
        _log?.Failed(Port, failure);
    }

    /// <summary>The sessions' loops have ended by now.</summary>
    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        _loop.Dispose();
        TakeChanges();
        foreach (SharedRoute route in _routes) { route.Forget(); }
        _socket.Dispose();
        _batch.Dispose();
    }

    private SharedRoute Open(SharedRoute route)
    {
        _opened.Enqueue(route);
        return route;
    }

    private void Deliver(MonoTime now, int index)
    {
        DropReason reason = DropReason.Oversize;
        UdpPath path = default;
        if (!_batch.IsTruncated(index))
        {
            path = _batch.Path(index, out bool congestionExperienced);
            ReadOnlySpan<byte> datagram = _batch.Datagram(index);
            if (TurnsAway(now, path.Peer.Network)) { reason = DropReason.RateLimited; }
            else if (_finder.Find(now, path.Peer, datagram, out reason) is SharedRoute route)
            {
                if (route.TryPost(path, datagram, congestionExperienced)) { return; }
                reason = DropReason.QueueFull;
            }
        }

        Stats.CountDrop(reason);
        CountDrop(now, path.Peer, reason, _batch.Datagram(index).Length);
        if (now.Since(_reportedAt) >= ReportIntervalMs) { Report(now); }
    }

    private void CountDrop(MonoTime now, in UdpAddress source, DropReason reason, int length)
    {
        _metrics.Received(source.IsIPv4, length);
        _metrics.Dropped(reason);
        if (reason != DropReason.QueueFull && reason != DropReason.Oversize) { _metrics.Lookout.Dropped(source, Port, reason); }
        switch (reason)
        {
            case DropReason.AuthFailed when _finder.AtAddress is SharedRoute { HasEnded: false } route:
                route.CountForged();
                _metrics.Lookout.AuthFailed(source, PeerClass.Known, route.Session);
                break;
            case DropReason.AuthFailed or DropReason.UnknownSource:
                bool isRecent = _finder.AtAddress is not null || _metrics.RecentPeers.Contains(now, source.Ip);
                _metrics.Lookout.AuthFailed(source, isRecent ? PeerClass.Recent : PeerClass.Unknown, session: null);
                break;
            case DropReason.Network:
                _metrics.Lookout.Forbidden(source);
                break;
            case DropReason.TrialBudget:
                _metrics.Lookout.BudgetSpent(source); // Not a failure: what key made it is not known.
                break;
            case DropReason.RateLimited:
                _metrics.Lookout.TurnedAway(source);
                break;
        }
    }

    /// <summary>A detection's response: never where a client is.</summary>
    private bool TurnsAway(MonoTime now, ulong network)
    {
        SourceFilter filter = _metrics.Lookout.Filter;
        if (filter.IsOpen(now) || _finder.HasClientIn(network)) { return false; }
        return filter.IsBlocked(now, network) || !(_finder.HadClientIn(now, network) || filter.LetsStrangerIn());
    }

    /// <summary>The first drop in a while, and how many there were since the last time: a flood must not be one of lines, too.</summary>
    private void Report(MonoTime now)
    {
        long all = 0;
        for (int reason = 1; reason < DropReasons.Count; reason++) { all += Stats.Drops((DropReason)reason); }
        (int sources, int networks, int places) = _finder.Budget.Occupancy(now);
        _log?.Dropped(
            Port,
            all - _reportedDrops,
            Stats.Drops(DropReason.UnknownSource),
            Stats.Drops(DropReason.AuthFailed),
            Stats.Drops(DropReason.TrialBudget),
            Stats.Drops(DropReason.QueueFull),
            KernelDrops,
            sources,
            networks,
            places);
        _reportedAt = now;
        _reportedDrops = all;
    }

    private void TakeChanges()
    {
        while (_opened.TryDequeue(out SharedRoute? opened))
        {
            _routes.Add(opened);
            _finder.Add(opened);
        }

        while (_retired.TryDequeue(out SharedRoute? retired))
        {
            if (_routes.Contains(retired)) { _finder.Retire(retired); }
        }

        while (_closed.TryDequeue(out SharedRoute? closed))
        {
            if (!_routes.Remove(closed)) { continue; }
            _finder.Remove(closed);
            closed.Forget();
        }
    }
}
