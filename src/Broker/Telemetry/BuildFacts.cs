using System.Reflection;

namespace MoshBroker.Telemetry;

/// <summary><c>build_info</c>: which build runs.</summary>
internal static class BuildFacts
{
    public static void Register(MetricRegistry registry)
    {
        string version = typeof(BuildFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        int plus = version.IndexOf('+', StringComparison.Ordinal);
        MetricLabel[] labels =
        [
            new("version", [plus < 0 ? version : version[..plus]]),
            new("commit", [plus < 0 ? "unknown" : version[(plus + 1)..]]),
            new("dotnet", [Environment.Version.ToString()]),
        ];
        registry.Gauge(new MetricDefinition("moshbroker.build.info", "{build}", "Always 1.", labels)).Set(1);
    }
}
