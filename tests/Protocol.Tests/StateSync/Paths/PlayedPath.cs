using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Protocol.Tests.StateSync.Paths;

/// <summary>An address of IPv4 in a network of 256.</summary>
internal readonly record struct PlayedPath(int Address) : INetworkPath<PlayedPath>
{
    public ulong Network => (ulong)Address / 256;

    public int HeaderLength => 28;

    public int LongestPayload => 1252;

    public bool IsSamePeer(in PlayedPath other) => Address == other.Address;
}
