namespace MoshBroker.Telemetry;

/// <summary>From OpenTelemetry's names to Prometheus'.</summary>
internal static class MetricNames
{
    /// <summary>The unit as a word at the end of a name; null when the name already says what is counted.</summary>
    public static string? UnitWord(MetricKind kind, string unit) => unit switch
    {
        "s" => "seconds",
        "By" => "bytes",
        "1" when kind == MetricKind.Gauge => "ratio",
        _ => null,
    };

    /// <summary>Dots become underscores, the unit's word goes to the end unless it is there; a counter's <c>_total</c> is the writer's to add.</summary>
    public static string ToPrometheus(MetricKind kind, string name, string unit)
    {
        string text = name.Replace('.', '_');
        return UnitWord(kind, unit) is { } word && !text.EndsWith($"_{word}", StringComparison.Ordinal) ? $"{text}_{word}" : text;
    }

    /// <summary>A label's value as it stands between quotes.</summary>
    public static string Escape(string value) =>
        value.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
}
