using MoshBroker.Cluster.Coordination;

namespace MoshBroker.Cluster;

/// <summary>The store's answer to registering and to a renewal, with all that a node needs to know of the others: idle clusters ask for nothing else.</summary>
/// <param name="Incarnation">The one that holds the lease; when registering found the name taken, that of the other.</param>
/// <param name="StoreTime">The store's clock at the answer; all times here are by it.</param>
/// <param name="Nodes">All nodes that are not superseded, or that still own sessions; this one included.</param>
internal sealed record LeaseGrant(
    LeaseOutcome Outcome,
    NodeIncarnation Incarnation,
    DateTimeOffset StoreTime,
    IReadOnlyList<NodeRow> Nodes)
{
    /// <summary>The other nodes whose leases had not ended: the members that <see cref="NodeLease.OnRenewed"/> asks for.</summary>
    public IEnumerable<string> Members => Nodes.Where(node => node.Incarnation != Incarnation && node.HoldsLease(StoreTime)).Select(node => node.Incarnation.Name);
}
