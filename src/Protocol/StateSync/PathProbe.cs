namespace MoshBroker.Protocol.StateSync;

/// <summary>A datagram that is to find out whether the peer hears us somewhere.</summary>
/// <typeparam name="TPath">An address, with all that is needed to answer there.</typeparam>
/// <param name="Path">Where to send it.</param>
/// <param name="Mark">The path's mark.</param>
/// <param name="IsAside">True when the peer is answered elsewhere meanwhile.</param>
/// <param name="Room">The longest payload that it may have.</param>
/// <param name="IsHome">True when the peer was known to hear us there.</param>
public readonly record struct PathProbe<TPath>(TPath Path, ulong Mark, bool IsAside, int Room, bool IsHome)
    where TPath : struct, INetworkPath<TPath>;
