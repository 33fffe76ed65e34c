namespace MoshBroker.Tenants;

/// <summary>Sessions that live now, for quotas.</summary>
internal readonly record struct SessionCounts(int OfUser, int OfTenant);
