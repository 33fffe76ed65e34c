namespace MoshBroker.Dashboard.Feed;

/// <summary>Where sessions of a tenant can land.</summary>
/// <param name="Where">A program and its account, or a host and a login name.</param>
/// <param name="Users">How many may reach it.</param>
/// <param name="Sessions">Live ones there.</param>
internal sealed record TenantTargetView(string Name, string Kind, string Where, int Users, int Sessions);
