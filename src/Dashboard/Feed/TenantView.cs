namespace MoshBroker.Dashboard.Feed;

/// <summary>A tenant as its policy is in force now, and what it uses of it.</summary>
/// <param name="Sessions">Live ones.</param>
/// <param name="MaxSessions">Null for no limit.</param>
/// <param name="UserCount">All; <paramref name="Users"/> holds the first <see cref="MaxUsers"/> by name.</param>
/// <param name="Facts">Limits and rules, in words.</param>
internal sealed record TenantView(
    string Name, int Sessions, int? MaxSessions, string Networks, int UserCount, IReadOnlyList<TenantUserView> Users, IReadOnlyList<TenantTargetView> Targets, IReadOnlyList<FactView> Facts)
{
    public const int MaxUsers = 500;
}
