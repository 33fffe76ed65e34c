using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Endpoint;

/// <summary>Where a client is, and which of our addresses he speaks to: an answer leaves from there.</summary>
internal readonly record struct UdpPath(UdpAddress Peer, UInt128 Local, uint Interface) : INetworkPath<UdpPath>
{
    private const int UdpHeaderLength = 8;
    private const uint StreamMark = uint.MaxValue; // No interface has this number.

    /// <summary>It leads through the client's ssh connection, not over UDP.</summary>
    public bool IsStream => Interface == StreamMark;

    public ulong Network => Peer.Network;

    public int HeaderLength => UdpHeaderLength + (Peer.IsIPv4 ? 20 : 40);

    public int LongestPayload => Peer.IsIPv4 ? DatagramLimits.IPv4 : DatagramLimits.IPv6;

    /// <summary>The way through an ssh connection from there.</summary>
    public static UdpPath Stream(UdpAddress client, UInt128 number) => new(client, number, StreamMark);

    public bool IsSamePeer(in UdpPath other) => Peer == other.Peer;
}
