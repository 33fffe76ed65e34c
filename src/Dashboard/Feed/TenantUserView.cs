namespace MoshBroker.Dashboard.Feed;

/// <summary>Somebody of a tenant.</summary>
/// <param name="Targets">Those that a rule names for him, whatever the hour.</param>
internal sealed record TenantUserView(string Name, string Groups, string Roles, IReadOnlyList<string> Targets, int Sessions, int? MaxSessions, DateTimeOffset? Until);
