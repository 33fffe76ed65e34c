namespace MoshBroker.Telemetry;

/// <summary>A label, and every value that it can have: what is not listed cannot be counted, so nothing that a peer sends makes a series.</summary>
internal sealed record MetricLabel(string Name, IReadOnlyList<string> Values)
{
    /// <summary>The one open set, bounded by <see cref="TenantTable"/>.</summary>
    public const string Tenant = "tenant";

    /// <summary>A label whose values are an enum's, in snake case.</summary>
    public static MetricLabel Of<T>(string name)
        where T : struct, Enum => new(name, [.. Enum.GetNames<T>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)]);
}
