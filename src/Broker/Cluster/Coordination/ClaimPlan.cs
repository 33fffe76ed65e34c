using MoshBroker.Protocol;

namespace MoshBroker.Cluster.Coordination;

/// <summary>What this node claims of the sessions that dead nodes left, and when: the first in a session's order at once, each next one a little later.</summary>
internal sealed class ClaimPlan(string self, LeaseTerms terms)
{
    private readonly Dictionary<string, MonoTime> _orphans = new(StringComparer.Ordinal);
    private readonly List<Orphan> _due = [];

    /// <summary>When to look again; every orphan that is not due yet will be by then or later.</summary>
    public MonoTime NextTimeout { get; private set; } = MonoTime.Forever;

    /// <summary>Which of the orphans are to be claimed now; valid until the next call.</summary>
    /// <param name="now">The present.</param>
    /// <param name="orphans">All sessions whose owner's lease has ended, by the store.</param>
    /// <param name="nodes">The live nodes, this one among them.</param>
    public IReadOnlyList<Orphan> Due(MonoTime now, IReadOnlyCollection<Orphan> orphans, IReadOnlyCollection<NodeLoad> nodes)
    {
        _due.Clear();
        NextTimeout = MonoTime.Forever;
        HashSet<string> present = new(orphans.Select(orphan => orphan.SessionId), StringComparer.Ordinal);
        foreach (string gone in _orphans.Keys.Where(id => !present.Contains(id)).ToArray())
            _orphans.Remove(gone);

        foreach (Orphan orphan in orphans)
        {
            if (!_orphans.TryGetValue(orphan.SessionId, out MonoTime since))
                _orphans[orphan.SessionId] = since = now;
            int rank = RankOf(orphan, nodes);
            if (rank < 0)
                continue;
            MonoTime due = since.Plus(rank * terms.StandBack);
            if (now >= due)
                _due.Add(orphan);
            else
                NextTimeout = MonoTime.Min(NextTimeout, due);
        }

        return _due;
    }

    private int RankOf(Orphan orphan, IReadOnlyCollection<NodeLoad> nodes)
    {
        // What nobody can go on with has to be ended, with its user told, and any node can do that.
        string? tenant = orphan.CanContinue ? orphan.Tenant : null;
        IReadOnlyList<string> order = Placement.ClaimOrder(nodes, tenant, orphan.SessionId);
        for (int i = 0; i < order.Count; i++)
        {
            if (order[i] == self)
                return i;
        }

        return -1;
    }
}
