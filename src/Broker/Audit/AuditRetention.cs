namespace MoshBroker.Audit;

/// <summary>How long events are kept.</summary>
/// <param name="Default">For events of no tenant, and of tenants that are not named.</param>
/// <param name="Tenants">By tenant.</param>
internal sealed record AuditRetention(TimeSpan Default, IReadOnlyDictionary<string, TimeSpan> Tenants)
{
    public static AuditRetention Year { get; } = new(TimeSpan.FromDays(365), new Dictionary<string, TimeSpan>(StringComparer.Ordinal));

    /// <summary>Files hold everybody's events, so that they stay as long as the longest.</summary>
    public TimeSpan Longest => Tenants.Values.Append(Default).Max();
}
