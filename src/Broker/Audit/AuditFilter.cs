namespace MoshBroker.Audit;

/// <summary>Which events are asked for; what is null does not matter.</summary>
/// <param name="Limit">The newest so many.</param>
internal sealed record AuditFilter(DateTimeOffset? Since, DateTimeOffset? Until, string? Name, string? Tenant, string? User, string? Session, int Limit);
