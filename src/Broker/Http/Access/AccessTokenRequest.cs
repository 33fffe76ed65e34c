using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Http.Access;

/// <summary>A token to be made.</summary>
/// <param name="Name">Whose it is; the audit trail names it.</param>
/// <param name="Lifetime">Null for no end.</param>
/// <param name="Once">For one login by a link, within minutes; kept in memory only.</param>
internal sealed record AccessTokenRequest(string Name, DashboardRole Role, string? Tenant, bool MayWatch, bool IsBreakGlass, TimeSpan? Lifetime, bool Once);
