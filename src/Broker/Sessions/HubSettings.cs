using System.Net;
using MoshBroker.Endpoint;

namespace MoshBroker.Sessions;

/// <summary>What the hub is told at start.</summary>
/// <param name="Node">This node's name, in the store's rows.</param>
/// <param name="ListenHost">The only address to bind; null for all.</param>
/// <param name="Ports">Where channels' ports are drawn from.</param>
/// <param name="Workers">Loops, each a thread.</param>
internal sealed record HubSettings(string Node, IPAddress? ListenHost, IReadOnlyList<UdpPortRange> Ports, int Workers, Capacity Capacity);
