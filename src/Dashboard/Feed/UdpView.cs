namespace MoshBroker.Dashboard.Feed;

/// <summary>The node's UDP as a whole: what is unusual, and what must never be.</summary>
/// <param name="Drops">Datagrams dropped since the start, by why.</param>
/// <param name="Prefixes">Networks whose datagrams failed in the last five minutes, about.</param>
/// <param name="NonceReuse">Invariant: 0.</param>
/// <param name="Unauthenticated">Bytes sent to somebody who proved nothing. Invariant: 0.</param>
internal sealed record UdpView(IReadOnlyDictionary<string, long> Drops, long Prefixes, long Tripped, long NonceReuse, long Unauthenticated, IReadOnlyList<BlockView> Blocks);
