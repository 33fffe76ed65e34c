namespace MoshBroker.Cluster;

/// <summary>The store's answer to registering and to a renewal, with all that a node needs to know of the others: idle clusters ask for nothing else.</summary>
/// <param name="Incarnation">The one that holds the lease; when registering found the name taken, that of the other.</param>
/// <param name="StoreTime">The store's clock at the answer; all times here are by it.</param>
/// <param name="ClaimsFrom">No claim is accepted before: the store was away, and everybody gets one term to renew.</param>
/// <param name="Nodes">All nodes, this one included.</param>
internal sealed record LeaseGrant(
    LeaseOutcome Outcome,
    NodeIncarnation Incarnation,
    DateTimeOffset StoreTime,
    DateTimeOffset LeaseEnd,
    DateTimeOffset ClaimsFrom,
    IReadOnlyList<NodeRow> Nodes);
