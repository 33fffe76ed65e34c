using MoshBroker.Protocol;

namespace MoshBroker.Cluster.Coordination;

/// <summary>Where datagrams go that arrive at a node for sessions that it does not own, or owned until a moment ago.</summary>
/// <remarks>
/// Learned from the store's rows and its notifications; only a later epoch replaces what is known. A datagram is relayed with the epoch of the route by which it
/// was sent: a node that does not own the session sends it on only by a later one, so that a datagram never goes in circles, whatever each node believes.
/// </remarks>
internal sealed class RoutingTable(string self, LeaseTerms terms)
{
    private readonly Dictionary<string, Route> _routes = new(StringComparer.Ordinal);

    public int Count => _routes.Count;

    /// <summary>A session is a node's since an epoch. False when a later one is known.</summary>
    public bool Learn(MonoTime now, string sessionId, string node, long epoch)
    {
        if (_routes.TryGetValue(sessionId, out Route known) && known.Epoch > epoch)
            return false;
        _routes[sessionId] = new Route(node, epoch, now);
        return true;
    }

    /// <summary>
    /// Where to relay a datagram for a session: null when this node owns it, or nobody is known to, or <paramref name="relayedEpoch"/> says that whoever sent it
    /// here knew as much.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="relayedEpoch">Of the route by which it came here; 0 when it came from the client.</param>
    public Route? Relay(MonoTime now, string sessionId, long relayedEpoch = 0)
    {
        if (!_routes.TryGetValue(sessionId, out Route route))
            return null;
        _routes[sessionId] = route with { Used = now };
        return route.Node == self || route.Epoch <= relayedEpoch ? null : route;
    }

    public Route? Find(string sessionId) => _routes.TryGetValue(sessionId, out Route route) ? route : null;

    /// <summary>The session has ended.</summary>
    public void Forget(string sessionId) => _routes.Remove(sessionId);

    /// <summary>Drops routes to other nodes that no datagram asked for in a while; what still comes is looked up in the store again.</summary>
    public void Prune(MonoTime now)
    {
        foreach ((string id, Route route) in _routes)
        {
            if (route.Node != self && now.Since(route.Used) > terms.Forwarding)
                _routes.Remove(id);
        }
    }
}
