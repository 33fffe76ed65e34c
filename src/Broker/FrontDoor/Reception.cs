using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MoshBroker.Actors;
using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Survival;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>The front door's listening socket: looks at every connection before any SSH byte, and gives those that may enter an sshd each.</summary>
/// <remarks>One thread; an arrival costs no process until it has said "SSH-".</remarks>
internal sealed class Reception : IReadyHandler, IScheduled, IDisposable
{
    private const int AcceptsPerTurn = 64;

    private readonly FileDescriptor _listener;
    private readonly ChildProgram _sshd;
    private readonly Children _children;
    private readonly NetworkSet _proxies;
    private readonly Func<NetworkSet> _networks;
    private readonly BrokerMetrics _metrics;
    private readonly FrontDoorLog _log;
    private readonly HashSet<Arrival> _beforeLogin = [];
    private readonly Dictionary<UInt128, int> _perSource = [];
    private readonly LinkedList<Arrival> _queue = [];
    private readonly ConcurrentDictionary<int, Arrival> _byPid = new();
    private readonly ActorTimer _retry;
    private readonly RefusalTally _refusals;
    private EpollLoop.Watch? _watch;
    private readonly MonoClock _clock;
    private long _lastId;

    private Reception(FileDescriptor listener, int port, ChildProgram sshd, Children children, MonoClock clock, NetworkSet proxies, Func<NetworkSet> networks, ReceptionLimits limits, IAuditTrail audit, BrokerMetrics metrics, FrontDoorLog log)
    {
        _listener = listener;
        _clock = clock;
        Port = port;
        _sshd = sshd;
        _children = children;
        _proxies = proxies;
        _networks = networks;
        _metrics = metrics;
        _log = log;
        Limits = limits;
        _retry = new ActorTimer(this);
        Loop = new EpollLoop(clock, "front-door");
        _refusals = new RefusalTally(Loop, limits.RefusalsToldEvery, audit, log);
    }

    public EpollLoop Loop { get; }

    public ReceptionLimits Limits { get; }

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <param name="sshd">What to start for a connection, which becomes its stdin and stdout.</param>
    /// <param name="proxies">Load balancers whose PROXY header is demanded and believed.</param>
    /// <param name="networks">Who may speak to us at all, by the policy of the moment.</param>
    /// <param name="kept">Where the listening socket outlives us, so that who comes while the broker is started again waits and is not refused; null for nowhere.</param>
    /// <exception cref="StartRefusedException">The address cannot be listened at.</exception>
    public static Reception Open(
        IPEndPoint at, ChildProgram sshd, Children children, MonoClock clock, NetworkSet proxies, Func<NetworkSet> networks, ReceptionLimits limits, IAuditTrail audit, BrokerMetrics metrics, FrontDoorLog log, KeptListener? kept = null)
    {
        int port = at.Port;
        int errno = Errno.None;
        FileDescriptor listener = kept?.Take(at) ?? TcpNative.Listen(at, out port, out errno)
            ?? throw new StartRefusedException($"the front door cannot listen at {at}: {Errno.Text(errno)}; choose another address by --ssh");
        kept?.Keep(listener);
        Reception reception = new(listener, port, sshd, children, clock, proxies, networks, limits, audit, metrics, log);
        reception.Loop.Schedule(reception);
        reception.Loop.Start();
        return reception;
    }

    /// <summary>What counts as one source: an IPv4 address, or the /56 that a site is given.</summary>
    public static UInt128 SourceOf(IPAddress address)
    {
        UInt128 value = AddressRange.Value(address);
        return address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? value : value >> 72 << 72;
    }

    /// <summary>The connection whose sshd started this process or one of its ancestors; null for everybody else. From any thread.</summary>
    public Arrival? Find(int pid)
    {
        const int Generations = 8; // sshd, its session's half, a shell, the forced command.
        for (int i = 0; i < Generations && pid > 1; i++)
        {
            if (_byPid.TryGetValue(pid, out Arrival? arrival)) { return arrival; }
            pid = ProcessNative.ParentOf(pid);
        }

        return null;
    }

    public void OnReady(MonoTime now, uint events)
    {
        for (int i = 0; i < AcceptsPerTurn; i++)
        {
            FileDescriptor? socket = TcpNative.Accept(_listener);
            if (socket is null)
            {
                if (Errno.Last is Errno.Again or Errno.Interrupted) { return; }
                // Out of descriptors, most likely. Level-triggered: without a pause this thread would spin.
                Loop.Change(_watch!, 0);
                Loop.Arm(_retry, now.Plus(100));
                return;
            }

            Admit(now, socket);
        }
    }

    public void OnFault(Exception failure) => _log.NoSshd(OneLine.Of(failure));

    public void OnTimer(MonoTime now) => Loop.Change(_watch!, EpollNative.In);

    public void Run(MonoTime now) => _watch ??= Loop.Add(_listener, EpollNative.In, this);

    /// <summary>A load balancer has said for whom it connects: that one is judged now. False when it is turned away.</summary>
    public bool Readmit(Arrival arrival, UInt128 countedFor)
    {
        Count(countedFor, -1);
        Count(arrival.Source, 1);
        return Judge(arrival);
    }

    /// <summary>It speaks SSH: it gets an sshd as soon as there is one for it.</summary>
    public void Queue(Arrival arrival)
    {
        _queue.AddLast(arrival);
        ServeNext();
    }

    /// <summary>It waits for us to speak first; that is served while there is no crowd.</summary>
    public bool TryServeSilent(Arrival arrival)
    {
        if (_beforeLogin.Count(other => other.Stage == ArrivalStage.Served) >= Limits.DaemonsForTheSilent) { return false; }
        Serve(arrival);
        return true;
    }

    public void TurnAway(Arrival arrival, string reason)
    {
        _refusals.Add(_clock.Now(), arrival, "", reason);
        Forget(arrival);
        arrival.End();
        ServeNext();
    }

    public void OnLine(Arrival arrival, string line, SshdEvent happened)
    {
        _log.Line(arrival.Id, line);
        switch (happened.Kind)
        {
            case SshdEventKind.Handshake:
                _metrics.FrontDoor.HandshakeDone(SshdSettings.IsPostQuantum(happened.Reason) ? KeyExchangeKind.Pq : KeyExchangeKind.Classical);
                break;
            case SshdEventKind.Accepted:
                _metrics.BootstrapTook(BootstrapPhase.SshAuth, Stopwatch.GetElapsedTime(arrival.Began));
                _log.Accepted(arrival.Client.ToString(), arrival.Id, happened.Method);
                Forget(arrival);
                ServeNext();
                break;
            case SshdEventKind.Failed:
                if (!_metrics.Lookout.Trusted.Contains(arrival.Client.Address)) { _metrics.FrontDoor.LoginFailed(happened.Method, happened.Reason); }
                _metrics.Lookout.SshFailed(arrival.Client.Address);
                _refusals.Add(_clock.Now(), arrival, happened.Method, happened.Reason);
                break;
            case SshdEventKind.Broken:
                arrival.HasOutcome = true;
                _refusals.Add(_clock.Now(), arrival, "", happened.Reason);
                break;
        }
    }

    /// <summary>Its sshd has ended.</summary>
    public void OnLeft(Arrival arrival)
    {
        // Nobody can say whose users those are who prove nothing: they count where nobody else is denied like this.
        if (arrival is { IsBeforeLogin: true, HasFailed: true }) { _metrics.Bootstrapped(_metrics.Tenant(Policy.DropInTenant), BootstrapResult.AuthDenied); }
        // Such as a command that is longer than the system hands on to any program.
        if (arrival is { IsBeforeLogin: false, HasOutcome: false }) { _refusals.Add(_clock.Now(), arrival, "", "nothing_asked"); }
        Forget(arrival);
        arrival.End();
        ServeNext();
    }

    public void OnFault(Arrival arrival, Exception failure)
    {
        _log.NoSshd(OneLine.Of(failure));
        Forget(arrival);
        arrival.End();
    }

    public void Dispose()
    {
        Loop.Dispose();
        _listener.Dispose();
        foreach (Arrival arrival in _beforeLogin) { arrival.Close(); }
    }

    private void Admit(MonoTime now, FileDescriptor socket)
    {
        if (TcpNative.NameOf(socket, isPeer: true) is not { } client || TcpNative.NameOf(socket, isPeer: false) is not { } server)
        {
            socket.Dispose();
            return;
        }

        bool isProxied = _proxies.Contains(client.Address);
        Arrival arrival = new(this, ++_lastId, socket, client, server, isProxied, now);
        _beforeLogin.Add(arrival);
        Count(arrival.Source, 1);
        if (isProxied || Judge(arrival)) { arrival.Begin(now); }
    }

    private bool Judge(Arrival arrival)
    {
        if (!_networks().Contains(arrival.Client.Address))
        {
            TurnAway(arrival, "network");
            return false;
        }

        if (_metrics.Lookout.Filter.IsBlocked(_clock.Now(), UdpAddress.From(arrival.Client.Address, 0).Network))
        {
            TurnAway(arrival, "blocked");
            return false;
        }

        // Who has said nothing for the longest gives way: a crowd of the silent cannot keep those out who speak.
        if (_beforeLogin.Count > Limits.Connections || _perSource[arrival.Source] > Limits.ConnectionsPerSource)
        {
            bool isFull = _beforeLogin.Count > Limits.Connections;
            Arrival? oldest = _beforeLogin
                .Where(other => other != arrival && other.Stage <= ArrivalStage.Silent && (isFull || other.Source == arrival.Source))
                .MinBy(other => other.Id);
            TurnAway(oldest ?? arrival, "too_many");
            return oldest is not null;
        }

        return true;
    }

    private void ServeNext()
    {
        int daemons = _beforeLogin.Count(arrival => arrival.Stage == ArrivalStage.Served);
        for (LinkedListNode<Arrival>? node = _queue.First; node is not null && daemons < Limits.Daemons;)
        {
            (Arrival arrival, LinkedListNode<Arrival>? next) = (node.Value, node.Next);
            int ofSource = _beforeLogin.Count(other => other.Stage == ArrivalStage.Served && other.Source == arrival.Source);
            if (ofSource < Limits.DaemonsPerSource)
            {
                _queue.Remove(node);
                Serve(arrival);
                daemons++;
            }

            node = next;
        }
    }

    private void Serve(Arrival arrival)
    {
        if (arrival.Serve(_sshd) is { } reason)
        {
            _log.NoSshd(reason);
            Forget(arrival);
            arrival.End();
            return;
        }

        int pid = arrival.Pid;
        _byPid[pid] = arrival;
        _children.Add(pid, _ => _byPid.TryRemove(pid, out Arrival? _));
    }

    private void Forget(Arrival arrival)
    {
        _queue.Remove(arrival);
        if (_beforeLogin.Remove(arrival)) { Count(arrival.Source, -1); }
    }

    private void Count(UInt128 source, int change)
    {
        int count = _perSource.GetValueOrDefault(source) + change;
        if (count > 0) { _perSource[source] = count; }
        else { _perSource.Remove(source); }
    }
}
