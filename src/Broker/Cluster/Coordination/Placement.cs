namespace MoshBroker.Cluster.Coordination;

/// <summary>Which node a session goes to.</summary>
internal static class Placement
{
    /// <summary>The least loaded node that takes the tenant's sessions; null when none does.</summary>
    /// <param name="nodes">The live ones.</param>
    /// <param name="tenant">Null for a session of no tenant.</param>
    /// <param name="sessionId">Decides between nodes that are loaded alike, so that they fill alike though all nodes decide by the same old counts.</param>
    public static string? Choose(IEnumerable<NodeLoad> nodes, string? tenant, string sessionId)
    {
        NodeLoad? best = null;
        ulong bestHash = 0;
        foreach (NodeLoad node in nodes)
        {
            if (!node.Takes(tenant))
                continue;
            ulong hash = StableHash.Of(sessionId, node.Name);

            // Compared as fractions: sessions / capacity.
            long order = best is null ? -1 : ((long)node.Sessions * best.Capacity).CompareTo((long)best.Sessions * node.Capacity);
            if (order < 0 || (order == 0 && hash > bestHash))
                (best, bestHash) = (node, hash);
        }

        return best?.Name;
    }

    /// <summary>
    /// All nodes that take the tenant's sessions, in the order in which they should claim this one from a dead node: each session has its own order, and a node with
    /// more room is more often the first.
    /// </summary>
    /// <remarks>Weighted rendezvous hashing: without a word between them, nodes with about the same counts come to about the same orders.</remarks>
    public static IReadOnlyList<string> ClaimOrder(IEnumerable<NodeLoad> nodes, string? tenant, string sessionId) =>
        [.. nodes.Where(node => node.Takes(tenant))
            .OrderByDescending(node => Score(node, sessionId))
            .ThenBy(node => node.Name, StringComparer.Ordinal)
            .Select(node => node.Name)];

    private static double Score(NodeLoad node, string sessionId)
    {
        double chance = ((StableHash.Of(sessionId, node.Name) >> 11) + 0.5) / (1UL << 53);
        return node.Free / -Math.Log(chance);
    }
}
