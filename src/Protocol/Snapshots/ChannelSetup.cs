using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Protocol.Snapshots;

/// <summary>Gives a restored channel its key, from where it is kept sealed, and an epoch higher than all before; null when it has none, which refuses the snapshot.</summary>
/// <param name="index">The channel's place among the session's.</param>
/// <param name="owner">Its <see cref="ChannelEnd.Owner"/>.</param>
public delegate TransportSetup? ChannelSetup(int index, ReadOnlySpan<byte> owner);
