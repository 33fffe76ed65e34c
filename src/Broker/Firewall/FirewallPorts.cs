using MoshBroker.Configuration;

namespace MoshBroker.Firewall;

/// <summary>What the broker listens on, as the firewall sees it.</summary>
/// <param name="Udp">The broker's <c>--ports</c>.</param>
/// <param name="Ssh">The front door's TCP port; null when it is off.</param>
internal sealed record FirewallPorts(IReadOnlyList<PortSource> Udp, int? Ssh)
{
    public static (int Low, int High) Bounds(PortSource ports) => ports switch
    {
        PortSource.Range range => (range.Low, range.High),
        PortSource.Shared shared => (shared.Port, shared.Port),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
