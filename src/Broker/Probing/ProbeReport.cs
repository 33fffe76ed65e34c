using System.Globalization;
using System.Text;
using MoshBroker.Telemetry;

namespace MoshBroker.Probing;

/// <summary>A result as lines for people, and as metrics.</summary>
internal static class ProbeReport
{
    public static string Text(ProbeResult result)
    {
        StringBuilder text = new();
        foreach (ProbeOutcome leg in result.Legs)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Name(leg.Leg),-5} {(leg.Success ? "ok" : "FAILED"),-7} {leg.Seconds:0.000} s");
            if (leg.Fault is not null) { text.Append("  ").Append(leg.Fault); }
            text.Append('\n');
            if (leg.Cure is not null) { text.Append("      cure: ").Append(leg.Cure).Append('\n'); }
        }

        return text.ToString();
    }

    /// <summary>Legs that were not tried are left out: of them nothing is known.</summary>
    public static MetricsText Metrics(ProbeResult? result, bool isOpenMetrics)
    {
        MetricsText text = new(isOpenMetrics);
        text.Head(MetricKind.Gauge, "moshbroker_probe_success", "1", "1 when a synthetic session got through this leg, 0 when it failed there; legs after that one are left out.");
        foreach (ProbeOutcome leg in result?.Legs ?? []) { text.Sample("moshbroker_probe_success", "", $"leg=\"{Name(leg.Leg)}\"", leg.Success ? 1 : 0); }
        text.Head(MetricKind.Gauge, "moshbroker_probe_duration_seconds", "s", "How long the leg took.");
        foreach (ProbeOutcome leg in result?.Legs ?? []) { text.Sample("moshbroker_probe_duration_seconds", "", $"leg=\"{Name(leg.Leg)}\"", leg.Seconds); }
        text.Head(MetricKind.Gauge, "moshbroker_probe_timestamp_seconds", "s", "When the last probe ended.");
        if (result is not null) { text.Sample("moshbroker_probe_timestamp_seconds", "", "", result.At.ToUnixTimeMilliseconds() / 1000.0); }
        text.End();
        return text;
    }

    public static string Name(ProbeLeg leg) => leg.ToString().ToLowerInvariant();

    /// <summary>Written beside it and renamed: whoever reads it never sees half of it.</summary>
    public static void WriteTo(string file, ProbeResult result)
    {
        string draft = $"{file}.{Environment.ProcessId}.tmp"; // Not .prom: a collector passes over it.
        using (FileStream stream = File.Create(draft)) { stream.Write(Metrics(result, isOpenMetrics: false).Written.Span); }
        File.Move(draft, file, overwrite: true);
    }
}
