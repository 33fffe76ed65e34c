namespace MoshBroker.Dashboard.Feed;

/// <summary>Which events; what is null does not matter.</summary>
internal sealed record AuditQuestion(string? Event, string? Tenant, string? User, string? Session, DateTimeOffset? Since, DateTimeOffset? Until, int Limit);
