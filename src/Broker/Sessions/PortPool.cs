using System.Net;
using MoshBroker.Configuration;
using MoshBroker.Endpoint;
using MoshBroker.FrontDoor;
using MoshBroker.Native;

namespace MoshBroker.Sessions;

/// <summary>The broker's UDP ports: those that channels get for themselves, and those that they share. The first given that has room is taken.</summary>
internal sealed class PortPool : IDisposable
{
    private readonly IPAddress? _listenHost;
    private readonly List<(PortPerChannel? Own, SharedPort? Shared)> _sources = [];
    private readonly IReadOnlyList<PortSource> _given;

    /// <exception cref="StartRefusedException">A shared port cannot be bound, or a range has no free port.</exception>
    public PortPool(IPAddress? listenHost, IReadOnlyList<PortSource> sources, EndpointLog? log, Func<FileDescriptor, int, SharedPort> share, Func<int, FileDescriptor?>? inherited = null, int inheritedPorts = 0)
    {
        PortsInUse inUse = PortsInUse.Read();

        _listenHost = listenHost;
        _given = sources;
        foreach (PortSource.Range range in sources.OfType<PortSource.Range>()) { Check(range, inUse, inheritedPorts, log); }
        foreach (PortSource source in sources)
        {
            _sources.Add(source switch
            {
                PortSource.Range range => (new PortPerChannel([new UdpPortRange(range.Low, range.High)]), null),
                PortSource.Shared shared => (null, Share(shared.Port, share, inherited ?? (_ => null))),
                _ => throw new System.Diagnostics.UnreachableException(),
            });
        }
    }

    /// <summary>How many ports there are for channels that have one for themselves.</summary>
    public int OwnPorts => _given.OfType<PortSource.Range>().Sum(range => range.High - range.Low + 1);

    /// <summary>The shared ones.</summary>
    public IReadOnlyList<SharedPort> Shared => [.. _sources.Select(source => source.Shared).OfType<SharedPort>()];

    public override string ToString() => string.Join(", ", _given);

    /// <summary>Holds a port for a new channel; null, and the line for the user, when there is none.</summary>
    /// <param name="bind">The address that was asked for; null for all.</param>
    /// <param name="within">The ports that were asked for; null for any.</param>
    /// <param name="granted">Those that policy leaves to the session's tenant; empty for all.</param>
    public ChannelPlace? TryHold(IPAddress? bind, UdpPortRange? within, IReadOnlyList<PortSource> granted, List<string> warnings, out OpenAnswer.Refused? refused)
    {
        refused = null;
        if (within is { } asked && !_sources.Exists(source => Covers(source, asked)))
        {
            refused = new OpenAnswer.Refused($"Bad UDP port range {asked}: this broker's ports are {this} (moshbroker serve --ports)");
            return null;
        }

        IPAddress anyOfOurs = _listenHost ?? IPAddress.IPv6Any;
        IPAddress address = anyOfOurs;
        if (bind is { } wanted && !wanted.Equals(anyOfOurs))
        {
            if (_listenHost is null) { address = wanted; }
            else { warnings.Add($"the broker listens on {_listenHost} only (--listen-host), not on {wanted}"); }
        }

        ChannelPlace? place = Hold(address, granted, within, out int errno);
        if (place is null && errno == Errno.AddressNotAvailable && !address.Equals(anyOfOurs))
        {
            warnings.Add($"{address} is not an address of this machine: listening on all of them");
            place = Hold(anyOfOurs, granted, within, out errno);
        }

        if (place is null)
        {
            string range = within is { } ports ? $"{ports} (within {this})" : ToString();
            refused = errno is Errno.AddressInUse or Errno.None
                ? new OpenAnswer.Refused($"Bad UDP port range: every UDP port of {range} is in use; end a session, or give the broker more (moshbroker serve --ports)")
                : new OpenAnswer.Refused($"Bad UDP port: cannot bind {address} in {range}: {Errno.Text(errno)}");
        }

        return place;
    }

    /// <summary>Holds that very port again, for the tombstone of a channel that had it; null when it is not to be had any more.</summary>
    public ChannelPlace? TryHoldAgain(int port)
    {
        if (Shared.FirstOrDefault(shared => shared.Port == port) is { } found) { return new ChannelPlace(found); }
        UdpPortRange only = new(port, port);
        foreach ((PortPerChannel? own, SharedPort? _) in _sources)
        {
            if (own is not null && own.Covers(only) && own.TryBind(_listenHost ?? IPAddress.IPv6Any, only, out int _, out int _) is { } socket) { return new ChannelPlace(socket, port); }
        }

        return null;
    }

    public void Dispose()
    {
        foreach (SharedPort shared in Shared) { shared.Dispose(); }
    }

    /// <summary>Two brokers on one range get along, but each has fewer ports than it thinks: whoever starts the second should know.</summary>
    private static void Check(PortSource.Range range, PortsInUse inUse, int inherited, EndpointLog? log)
    {
        UdpPortRange ports = new(range.Low, range.High);
        int taken = Math.Max(0, inUse.CountIn(ports) - inherited); // Sessions that go on have theirs.
        if (taken == ports.Count)
        {
            string what = taken == 1 ? $"UDP port {ports} is" : $"all {taken} UDP ports are";
            throw new StartRefusedException($"--ports {range}: {what} in use, by another broker perhaps: end that one, or choose other ports");
        }

        if (taken > 0) { log?.PortsTaken(ports.ToString(), taken, ports.Count); }
    }

    private static bool Covers((PortPerChannel? Own, SharedPort? Shared) source, UdpPortRange wanted) =>
        source.Own?.Covers(wanted) ?? wanted.Intersect(new UdpPortRange(source.Shared!.Port, source.Shared.Port)).Count > 0;

    private ChannelPlace? Hold(IPAddress address, IReadOnlyList<PortSource> granted, UdpPortRange? wanted, out int errno)
    {
        errno = Errno.None;
        foreach ((PortPerChannel? Own, SharedPort? Shared) source in _sources)
        {
            if (wanted is { } asked && !Covers(source, asked)) { continue; }

            // A shared port listens where it did when the broker started, whatever address the user named.
            if (source.Shared is { } shared)
            {
                if (granted.Count == 0 || granted.Contains(new PortSource.Shared(shared.Port))) { return new ChannelPlace(shared); }
                continue;
            }

            foreach (UdpPortRange? range in granted.Count == 0 ? [wanted] : granted.OfType<PortSource.Range>().Select(given => Within(given, wanted)))
            {
                if (source.Own!.TryBind(address, range, out int port, out errno) is { } socket) { return new ChannelPlace(socket, port); }
            }
        }

        return null;
    }

    private static UdpPortRange? Within(PortSource.Range given, UdpPortRange? wanted)
    {
        UdpPortRange range = new(given.Low, given.High);
        return wanted is { } asked ? range.Intersect(asked) : range;
    }

    private SharedPort Share(int port, Func<FileDescriptor, int, SharedPort> share, Func<int, FileDescriptor?> inherited)
    {
        IPAddress address = _listenHost ?? IPAddress.IPv6Any;
        int errno = Errno.None;
        FileDescriptor? socket = inherited(port) ?? UdpNative.TryBind(UdpAddress.From(address, port), out _, out errno);
        if (socket is not null) { return share(socket, port); }
        foreach (SharedPort earlier in Shared) { earlier.Dispose(); }
        throw new StartRefusedException(errno switch
        {
            Errno.AddressInUse => $"--ports shared:{port}: UDP port {port} is in use, by another broker perhaps: end that one, or choose another port",
            Errno.AddressNotAvailable => $"--listen-host {_listenHost}: not an address of this machine: choose one of its own, or leave it out",
            Errno.AccessDenied => $"--ports shared:{port}: this user may not bind UDP port {port}: choose one from 1024 on, or grant CAP_NET_BIND_SERVICE",
            _ => $"--ports shared:{port}: cannot bind UDP port {port}: {Errno.Text(errno)}",
        });
    }
}
