using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Tenants;

/// <summary>Who may what for all tenants, by the names that an authenticating proxy gives.</summary>
internal sealed record DashboardAccess(IReadOnlyDictionary<string, IReadOnlyList<AccessGrant>> Users, IReadOnlyDictionary<string, IReadOnlyList<AccessGrant>> Groups)
{
    public static DashboardAccess Nobody { get; } = new(
        new Dictionary<string, IReadOnlyList<AccessGrant>>(StringComparer.Ordinal), new Dictionary<string, IReadOnlyList<AccessGrant>>(StringComparer.Ordinal));
}
