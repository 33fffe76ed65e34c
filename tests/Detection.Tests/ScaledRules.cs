using System.Globalization;
using System.Text.RegularExpressions;

namespace MoshBroker.Detection.Tests;

/// <summary>The shipped alert rules for one scenario's broker, on a faster clock: every window and wait is divided, no threshold is touched.</summary>
internal static partial class ScaledRules
{
    // Two scrapes have to fall into every window, on a machine that is busy with the scenarios.
    private const long LeastWindowMs = 6000;

    public static string For(string scenario, double scale) => string.Join('\n', File.ReadLines(Repository.Path("grafana", "prometheus", "moshbroker.rules.yml")).Select(line => Change(line, scenario, scale)));

    private static string Change(string line, string scenario, double scale)
    {
        string text = line.TrimStart();
        if (text.StartsWith("- name:", StringComparison.Ordinal)) { return $"{line}-{scenario}"; }
        if (text.StartsWith("- record:", StringComparison.Ordinal)) { return $"{line}\n    labels: {{scenario: \"{scenario}\"}}"; }
        if (text.StartsWith("labels:", StringComparison.Ordinal)) { return line.Replace("}", $", scenario: \"{scenario}\"}}", StringComparison.Ordinal); }
        if (text.StartsWith("for:", StringComparison.Ordinal)) { return Duration().Replace(line, match => Scaled(match, scale, leastMs: 0)); }
        if (!text.StartsWith("expr:", StringComparison.Ordinal)) { return line; }
        string windows = Window().Replace(line, match => $"[{Scaled(match, scale, LeastWindowMs)}]");
        string offsets = Offset().Replace(windows, match => $"offset {Scaled(match, scale, leastMs: 0)}");
        return Selector().Replace(offsets, match => match.Groups["labels"].Success
            ? $"{match.Groups["name"].Value}{{scenario=\"{scenario}\",{match.Groups["labels"].Value}}}"
            : $"{match.Groups["name"].Value}{{scenario=\"{scenario}\"}}");
    }

    private static string Scaled(Match match, double scale, long leastMs)
    {
        long seconds = long.Parse(match.Groups["count"].ValueSpan, CultureInfo.InvariantCulture) * match.Groups["unit"].Value switch { "s" => 1, "m" => 60, "h" => 3600, _ => 86_400 };
        return $"{Math.Max(leastMs, (long)(seconds * 1000 / scale))}ms";
    }

    [GeneratedRegex(@"\[(?<count>\d+)(?<unit>[smhd])\]", RegexOptions.ExplicitCapture)]
    private static partial Regex Window();

    [GeneratedRegex(@"offset (?<count>\d+)(?<unit>[smhd])", RegexOptions.ExplicitCapture)]
    private static partial Regex Offset();

    [GeneratedRegex(@"(?<count>\d+)(?<unit>[smhd])", RegexOptions.ExplicitCapture)]
    private static partial Regex Duration();

    [GeneratedRegex(@"(?<name>([a-z]+:)?moshbroker_[a-z0-9_:]+|\bup\b|node_netstat_[A-Za-z_]+)(\{(?<labels>[^}]*)\})?", RegexOptions.ExplicitCapture)]
    private static partial Regex Selector();
}
