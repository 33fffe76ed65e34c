using System.Net;
using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.Endpoint;

/// <summary>Draws a free UDP port for a channel, at random, so that nobody can tell the next one from the last.</summary>
internal sealed class PortPerChannel(IReadOnlyList<UdpPortRange> ranges)
{
    /// <summary>Refuses an address that no socket can be bound to.</summary>
    /// <exception cref="StartRefusedException">With the reason.</exception>
    public static void RequireOurs(IPAddress address)
    {
        using FileDescriptor? socket = UdpNative.TryBind(UdpAddress.From(address, 0), out _, out int errno);
        if (socket is null)
        {
            throw new StartRefusedException($"--listen-host {address}: {Errno.Text(errno)}; name an address of this machine, or leave it out for all of them");
        }
    }

    /// <summary>Binds a port of the ranges that is also in <paramref name="wanted"/>; null when none is free or the address is not ours.</summary>
    public FileDescriptor? TryBind(IPAddress address, UdpPortRange? wanted, out int port, out int errno)
    {
        port = 0;
        errno = Errno.None;
        UdpPortRange[] usable = [.. ranges.Select(range => wanted is { } asked ? range.Intersect(asked) : range).Where(range => range.Count > 0)];
        int total = usable.Sum(range => range.Count);
        int start = total == 0 ? 0 : Random.Shared.Next(total);
        for (int i = 0; i < total; i++)
        {
            FileDescriptor? socket = UdpNative.TryBind(UdpAddress.From(address, PortAt(usable, (start + i) % total)), out port, out errno);
            if (socket is not null) { return socket; }
            if (errno != Errno.AddressInUse && errno != Errno.AccessDenied) { return null; }
        }

        return null;
    }

    /// <summary>True when the ranges hold a port of <paramref name="wanted"/>, free or not.</summary>
    public bool Covers(UdpPortRange wanted) => ranges.Any(range => range.Intersect(wanted).Count > 0);

    public override string ToString() => string.Join(", ", ranges);

    private static int PortAt(UdpPortRange[] ranges, int index)
    {
        foreach (UdpPortRange range in ranges)
        {
            if (index < range.Count) { return range.Low + index; }
            index -= range.Count;
        }

        throw new ArgumentOutOfRangeException(nameof(index));
    }
}
