namespace MoshBroker.Dashboard.Feed;

/// <summary>One thing that somebody may be at the dashboard.</summary>
/// <param name="Tenant">For this tenant only; null for all, and for the node itself.</param>
/// <param name="MayWatch">Live screens too, which no role gives by itself.</param>
internal sealed record AccessGrant(DashboardRole Role, string? Tenant, bool MayWatch)
{
    public bool Covers(string tenant) => Tenant is null || Tenant == tenant;
}
