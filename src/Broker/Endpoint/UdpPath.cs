using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Endpoint;

/// <summary>Where a client is, and which of our addresses he speaks to: an answer leaves from there.</summary>
internal readonly record struct UdpPath(UdpAddress Peer, UInt128 Local, uint Interface) : INetworkPath<UdpPath>
{
    private const int UdpHeaderLength = 8;

    public ulong Network => Peer.Network;

    public int HeaderLength => UdpHeaderLength + (Peer.IsIPv4 ? 20 : 40);

    public int LongestPayload => Peer.IsIPv4 ? DatagramLimits.IPv4 : DatagramLimits.IPv6;

    public bool IsSamePeer(in UdpPath other) => Peer == other.Peer;
}
