namespace MoshBroker.Dashboard.Feed;

/// <summary>One event of the audit trail.</summary>
/// <param name="More">Whatever else stands in it, as "name: value".</param>
internal sealed record AuditEventView(
    long Number, string At, string Event, string Tenant, string User, string Session, string From, string Target, string Reason, IReadOnlyList<string> More);
