using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>Counts live sessions by tenant and user, and takes a place before a session is made, so that two at once cannot both be the last.</summary>
internal sealed class SessionQuotas
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Tenant, string User), int> _users = [];
    private readonly Dictionary<string, int> _tenants = new(StringComparer.Ordinal);

    public SessionCounts Count(string tenant, string user)
    {
        lock (_gate) { return new SessionCounts(_users.GetValueOrDefault((tenant, user)), _tenants.GetValueOrDefault(tenant)); }
    }

    /// <summary>Takes a place if policy, asked with the numbers of this moment, admits one more.</summary>
    public Decision Take(string tenant, string user, Func<SessionCounts, Decision> decide)
    {
        lock (_gate)
        {
            Decision decision = decide(new SessionCounts(_users.GetValueOrDefault((tenant, user)), _tenants.GetValueOrDefault(tenant)));
            if (decision.Admission is not null) { Count(tenant, user, 1); }
            return decision;
        }
    }

    /// <summary>Takes a place that nobody need be asked for.</summary>
    public void Add(string tenant, string user)
    {
        lock (_gate) { Count(tenant, user, 1); }
    }

    public void Release(string tenant, string user)
    {
        lock (_gate) { Count(tenant, user, -1); }
    }

    private void Count(string tenant, string user, int change)
    {
        _users[(tenant, user)] = _users.GetValueOrDefault((tenant, user)) + change;
        _tenants[tenant] = _tenants.GetValueOrDefault(tenant) + change;
        if (_users[(tenant, user)] == 0) { _users.Remove((tenant, user)); }
        if (_tenants[tenant] == 0) { _tenants.Remove(tenant); }
    }
}
