using MoshBroker.Cluster.Coordination;

namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>The store: each operation is a transaction. It can go back in time.</summary>
internal sealed class SimStore(SimWorld world, LeaseTerms terms)
{
    private static readonly DateTimeOffset Origin = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly List<(long At, Dictionary<SimNode, SimNodeRow> Nodes, Dictionary<string, SimSessionRow> Sessions)> _copies = [];
    private Dictionary<SimNode, SimNodeRow> _nodes = [];
    private Dictionary<string, SimSessionRow> _sessions = new(StringComparer.Ordinal);

    /// <summary>Another one since each restart.</summary>
    public string Instance { get; private set; } = "1";

    private DateTimeOffset Now => Origin.AddMilliseconds(world.Now);

    public void Copy()
    {
        _copies.Add((world.Now, new(_nodes), new(_sessions, StringComparer.Ordinal)));
        if (_copies.Count > 40)
            _copies.RemoveAt(0);
    }

    public void Restart() => Instance = $"{world.Now}";

    /// <summary>A copy that is some seconds old is put in its place.</summary>
    public void GoBack(int copies)
    {
        Restart();
        if (_copies.Count == 0)
            return;
        int index = Math.Max(0, _copies.Count - copies);
        Dictionary<string, SimSessionRow> before = _sessions;
        (_, Dictionary<SimNode, SimNodeRow> nodes, Dictionary<string, SimSessionRow> sessions) = _copies[index];
        (_nodes, _sessions) = (new(nodes), new(sessions, StringComparer.Ordinal));
        _copies.RemoveRange(index + 1, _copies.Count - index - 1);
        foreach ((string id, SimSessionRow row) in before)
            row.Session.WasForgotten |= !_sessions.ContainsKey(id);
    }

    /// <summary>Renews, or joins; the other nodes whose leases have not ended. Null: another process holds the name.</summary>
    public IReadOnlyList<string>? Renew(SimNode node, bool isDraining)
    {
        foreach (SimNodeRow other in _nodes.Values)
        {
            if (other.Node != node && other.Node.Name == node.Name && other.Node != node.Predecessor && other.Lease.LeaseEnd > Now)
                return null;
        }

        bool isUnbroken = _nodes.TryGetValue(node, out SimNodeRow? row) && row.Lease.LeaseEnd > Now;
        MemberLease lease = new(isUnbroken ? row!.Lease.MemberSince : Now, Now, Now.AddMilliseconds(terms.Term));
        _nodes[node] = new SimNodeRow(node, lease, isDraining);
        return [.. _nodes.Values.Where(other => other.Node != node && other.Node.Name != node.Name && other.Lease.LeaseEnd > Now).Select(other => other.Node.Name).Distinct(StringComparer.Ordinal)];
    }

    public void Leave(SimNode node)
    {
        if (_nodes.TryGetValue(node, out SimNodeRow? row))
            _nodes[node] = row with { Lease = row.Lease with { LeaseEnd = Now } };
    }

    public long Create(SimNode node, SimSession session)
    {
        long epoch = Draw(0);
        _sessions[session.Id] = new SimSessionRow(session, node, epoch, 0, null);
        session.OnDrawn(node, epoch);
        return epoch;
    }

    /// <summary>All sessions with whether their owner's lease has ended, and all live nodes with their loads.</summary>
    public (IReadOnlyList<(SimSessionRow Row, bool IsOrphan)> Sessions, IReadOnlyList<NodeLoad> Nodes) Read()
    {
        List<NodeLoad> nodes = [];
        foreach (SimNodeRow row in _nodes.Values.Where(row => row.Lease.LeaseEnd > Now))
            nodes.Add(new NodeLoad(row.Node.Name, _sessions.Values.Count(session => session.Owner == row.Node && session.EndReason is null), 100, row.IsDraining));
        return ([.. _sessions.Values.Select(row => (row, !_nodes.TryGetValue(row.Owner, out SimNodeRow? owner) || owner.Lease.LeaseEnd <= Now))], nodes);
    }

    public SimSessionRow? Find(string id) => _sessions.GetValueOrDefault(id);

    /// <summary>A node says what it holds: true where the store did not know better. None without a lease.</summary>
    public IReadOnlyDictionary<string, bool>? Assert(SimNode node, IReadOnlyList<(SimSession Session, long Epoch, int Applied)> held)
    {
        if (_nodes.GetValueOrDefault(node) is not { } lease || lease.Lease.LeaseEnd <= Now)
            return null;
        Dictionary<string, bool> confirmed = new(StringComparer.Ordinal);
        foreach ((SimSession session, long epoch, int applied) in held)
        {
            SimSessionRow? row = _sessions.GetValueOrDefault(session.Id);
            bool isNewer = row is not null && (row.EndReason is not null || row.Epoch > epoch);
            confirmed[session.Id] = !isNewer;
            if (!isNewer)
                _sessions[session.Id] = new SimSessionRow(session, node, epoch, Math.Max(applied, 0), null);
        }

        return confirmed;
    }

    /// <summary>A node that was silent for a while draws new epochs for what it held; those that nobody has taken since, as far as the store knows.</summary>
    public IReadOnlyDictionary<string, long>? DrawAnew(SimNode node, IReadOnlyList<(SimSession Session, long Epoch, int Applied)> held)
    {
        if (_nodes.GetValueOrDefault(node) is not { } lease || lease.Lease.LeaseEnd <= Now)
            return null;
        Dictionary<string, long> drawn = new(StringComparer.Ordinal);
        foreach ((SimSession session, long epoch, int applied) in held)
        {
            SimSessionRow row = _sessions.GetValueOrDefault(session.Id) ?? new SimSessionRow(session, node, epoch, applied, null);
            if (row.EndReason is null && row.Epoch <= epoch)
                drawn[session.Id] = Move(row with { Epoch = epoch, Applied = Math.Max(row.Applied, applied) }, node).Epoch;
        }

        return drawn;
    }

    /// <summary>The new row; null when the fence or the rule of claims forbids it.</summary>
    public SimSessionRow? Claim(SimNode claimer, string id, long epoch)
    {
        if (_sessions.GetValueOrDefault(id) is not { EndReason: null } row || row.Epoch != epoch || _nodes.GetValueOrDefault(claimer) is not { } lease)
            return null;
        MemberLease claiming = world.Mutation == Mutation.NewcomersClaim ? lease.Lease with { MemberSince = DateTimeOffset.MinValue } : lease.Lease;
        bool isOwnerKnownDead = row.Owner == claimer || row.Owner == claimer.Predecessor;
        if (!ClaimRule.Allows(_nodes.GetValueOrDefault(row.Owner)?.Lease, claiming, isOwnerKnownDead, Now, terms))
            return null;
        row.Session.SufferedLoss = true;
        return Move(row, claimer);
    }

    /// <summary>As the owner wishes, who has stopped.</summary>
    public SimSessionRow? HandOver(SimNode from, SimNode to, string id, long epoch)
    {
        if (_sessions.GetValueOrDefault(id) is not { EndReason: null } row || row.Epoch != epoch || row.Owner != from || _nodes.GetValueOrDefault(to) is not { } lease || lease.Lease.LeaseEnd <= Now)
            return null;
        return Move(row, to);
    }

    /// <summary>A hand-over that nobody heard of is made impossible; null when it has happened.</summary>
    public SimSessionRow? TakeBack(SimNode owner, string id, long epoch) =>
        _sessions.GetValueOrDefault(id) is { EndReason: null } row && row.Epoch == epoch && row.Owner == owner ? Move(row, owner) : null;

    /// <summary>False: the writer is not the owner any more. Null: the store has gone back to before he was, and must be told first.</summary>
    public bool? Store(SimNode node, string id, long epoch, int applied)
    {
        if (_sessions.GetValueOrDefault(id) is not { } row || row.Epoch < epoch)
            return null;
        if (!Accepts(row, node, epoch))
            return false;
        row.Session.OnWriteAccepted(node, epoch);
        _sessions[id] = row with { Applied = applied };
        return true;
    }

    /// <summary>As for <see cref="Store"/>.</summary>
    public bool? End(SimNode node, string id, long epoch, string reason)
    {
        if (_sessions.GetValueOrDefault(id) is not { } row || row.Epoch < epoch)
            return null;
        if (!Accepts(row, node, epoch))
            return false;
        row.Session.OnWriteAccepted(node, epoch);
        row.Session.HasEnded = true;
        _sessions[id] = row with { EndReason = reason };
        return true;
    }

    private bool Accepts(SimSessionRow row, SimNode node, long epoch) =>
        world.Mutation == Mutation.NoFence || (row.EndReason is null && row.Owner == node && row.Epoch == epoch);

    private SimSessionRow Move(SimSessionRow row, SimNode to)
    {
        long epoch = world.Mutation == Mutation.EpochContinued ? row.Epoch : Draw(row.Epoch);
        SimSessionRow moved = row with { Owner = to, Epoch = epoch };
        _sessions[row.Session.Id] = moved;
        row.Session.OnDrawn(to, epoch);
        return moved;
    }

    private long Draw(long stored) =>
        world.Mutation == Mutation.EpochsOnlyCounted ? stored + 1 : Epoch.After(stored, new StoreClock(Now));
}
