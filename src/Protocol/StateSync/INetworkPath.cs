namespace MoshBroker.Protocol.StateSync;

/// <summary>Where a peer is, as its owner knows it: an address with all that is needed to answer there.</summary>
/// <typeparam name="TSelf">The implementing type.</typeparam>
public interface INetworkPath<TSelf>
    where TSelf : struct, INetworkPath<TSelf>
{
    /// <summary>The network of the peer's address, as far as one site or carrier has it: moves within it are nobody's doing but a NAT's.</summary>
    ulong Network { get; }

    /// <summary>Bytes of the IP and UDP headers around a payload.</summary>
    int HeaderLength { get; }

    /// <summary>The longest payload for such an address.</summary>
    int LongestPayload { get; }

    /// <summary>True when the peer has the same address and port.</summary>
    bool IsSamePeer(in TSelf other);
}
