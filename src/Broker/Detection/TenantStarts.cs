namespace MoshBroker.Detection;

/// <summary>What became of a tenant's sessions since the last look.</summary>
/// <param name="Tenant">Its number in the metrics.</param>
internal readonly record struct TenantStarts(int Tenant, string Name, long Started, long NeverConnected);
