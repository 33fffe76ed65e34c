using MoshBroker.Protocol;

namespace MoshBroker.Cluster.Coordination;

/// <summary>Empties a node: moves what can move, a few at a time, to the least loaded nodes; waits for the rest up to a limit, then ends it.</summary>
internal sealed class DrainPlan
{
    /// <summary>So many sessions move at once: each costs the other node a burst of work, and each client waits for its own move only.</summary>
    public const int MovesAtOnce = 16;

    private const long RetryAfter = 1000;

    private readonly Queue<DrainItem> _waiting = new();
    private readonly Dictionary<string, DrainItem> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _moving = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _movedTo = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ended = new(StringComparer.Ordinal);
    private readonly MonoTime _limit;
    private MonoTime _retryAt = MonoTime.Never;

    public DrainPlan(MonoTime now, long limit, IEnumerable<DrainItem> sessions)
    {
        _limit = now.Plus(limit);
        foreach (DrainItem item in sessions)
        {
            _open.Add(item.SessionId, item);
            if (item.CanMove)
                _waiting.Enqueue(item);
        }
    }

    /// <summary>True when nothing is left on this node.</summary>
    public bool IsDone => _open.Count == 0;

    /// <summary>Sessions that are still here.</summary>
    public int Left => _open.Count;

    /// <summary>When to look again if nothing happens before.</summary>
    public MonoTime NextTimeout => IsDone ? MonoTime.Forever : _waiting.Count > 0 && _retryAt != MonoTime.Never ? MonoTime.Min(_retryAt, _limit) : _limit;

    /// <summary>The next thing to do; null when there is none at this moment.</summary>
    /// <param name="now">The present.</param>
    /// <param name="nodes">The live nodes but this one.</param>
    public DrainStep? Next(MonoTime now, IReadOnlyCollection<NodeLoad> nodes)
    {
        if (now >= _limit)
        {
            foreach (string id in _open.Keys)
            {
                if (!_moving.ContainsKey(id) && _ended.Add(id))
                    return new DrainStep(id, To: null);
            }

            return null;
        }

        if (_moving.Count >= MovesAtOnce || now < _retryAt)
            return null;
        for (int left = _waiting.Count; left > 0; left--)
        {
            DrainItem item = _waiting.Dequeue();
            if (!_open.ContainsKey(item.SessionId))
                continue;

            // The counts that nodes tell are seconds old: what goes there now is not in them.
            IEnumerable<NodeLoad> loads = nodes.Select(node => node with { Sessions = node.Sessions + _movedTo.GetValueOrDefault(node.Name) });
            if (Placement.Choose(loads, item.Tenant, item.SessionId) is { } to)
            {
                _movedTo[to] = _movedTo.GetValueOrDefault(to) + 1;
                _moving.Add(item.SessionId, to);
                return new DrainStep(item.SessionId, to);
            }

            _waiting.Enqueue(item);
        }

        _retryAt = now.Plus(RetryAfter);
        return null;
    }

    /// <summary>Fresh counts came in; they have in them what was moved before.</summary>
    public void OnLoadsRead() => _movedTo.Clear();

    /// <summary>The session is another node's, or has ended.</summary>
    public void OnGone(string sessionId)
    {
        _open.Remove(sessionId);
        _moving.Remove(sessionId);
    }

    /// <summary>The move failed, and the session is still here.</summary>
    public void OnMoveFailed(MonoTime now, string sessionId)
    {
        if (!_moving.Remove(sessionId) || !_open.TryGetValue(sessionId, out DrainItem? item))
            return;
        _waiting.Enqueue(item);
        _retryAt = now.Plus(RetryAfter);
    }
}
