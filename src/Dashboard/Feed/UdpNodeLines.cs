namespace MoshBroker.Dashboard.Feed;

/// <summary>The node's UDP as a whole, as it is shown.</summary>
/// <param name="Blocks">Networks that are turned away, and for how long.</param>
/// <param name="Drops">Datagrams dropped since the start, by why.</param>
internal sealed record UdpNodeLines(long NonceReuse, long Unauthenticated, long Tripped, IReadOnlyList<FactView> Blocks, IReadOnlyList<FactView> Drops);
