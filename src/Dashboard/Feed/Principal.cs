namespace MoshBroker.Dashboard.Feed;

/// <summary>Somebody at the dashboard or the API, and what he may.</summary>
/// <param name="Name">For the audit trail.</param>
/// <param name="Antiforgery">What his pages send along with every action; null where no browser carries the credential by itself.</param>
internal sealed record Principal(string Name, IReadOnlyList<AccessGrant> Grants, string? Antiforgery = null)
{
    /// <summary>For all tenants, and the node itself.</summary>
    public bool SeesAll => Grants.Any(grant => grant.Tenant is null);

    public bool IsAdmin => Grants.Any(grant => grant is { Role: DashboardRole.Admin, Tenant: null });

    /// <summary>The role with the most rights, as a word.</summary>
    public string Role => Grants.Count == 0 ? "nobody" : Grants.Max(grant => grant.Role).ToString().ToLowerInvariant();

    public bool Sees(string tenant) => Grants.Any(grant => grant.Covers(tenant));

    /// <summary>May close, lock, detach and send a message.</summary>
    public bool Operates(string tenant) => Grants.Any(grant => grant.Covers(tenant) && grant.Role is DashboardRole.Operator or DashboardRole.Admin);

    /// <summary>May act for all tenants, and on the node.</summary>
    public bool OperatesAll => Grants.Any(grant => grant is { Tenant: null, Role: DashboardRole.Operator or DashboardRole.Admin });

    /// <summary>May read the audit trail and play recordings.</summary>
    public bool Audits(string tenant) => Grants.Any(grant => grant.Covers(tenant) && grant.Role is DashboardRole.Auditor or DashboardRole.Admin);

    /// <summary>May read some of the trail.</summary>
    public bool IsAuditor => Grants.Any(grant => grant.Role is DashboardRole.Auditor or DashboardRole.Admin);

    /// <summary>May read all of the trail, the node's own events too.</summary>
    public bool AuditsAll => Grants.Any(grant => grant is { Tenant: null, Role: DashboardRole.Auditor or DashboardRole.Admin });

    /// <summary>May see live screens.</summary>
    public bool Watches(string tenant) => Grants.Any(grant => grant.Covers(tenant) && grant.MayWatch);
}
