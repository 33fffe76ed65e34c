using System.Globalization;
using System.Text.RegularExpressions;

namespace MoshBroker.Deploy.Tests;

/// <summary>What a session costs, by bench/RESULTS.md; in bytes.</summary>
internal static partial class MeasuredCost
{
    private const double SharedMemory = 300 * 1024; // The most that a session's checkpoint and output take: docs/decisions/0017-survival.md.

    private static readonly string Results = File.ReadAllText(Repository.Path("bench", "RESULTS.md"));

    /// <summary>What the broker holds with no session: what 50 sessions have beyond their own share.</summary>
    public static double Fixed { get; } = (Row("memory-50", "private memory per session") - Row("memory-50", "the same beyond")) * 50 * 1024;

    /// <summary>Screens after 2,000 coloured lines, the memory that outlives the process, and the ssh to the target.</summary>
    public static double PerSession { get; } = (Row("memory-lines", "the same beyond") * 1024) + SharedMemory + Ssh();

    private static double Row(string row, string begins) => Table().Matches(Results)
        .Where(match => match.Groups["row"].Value == row && match.Groups["what"].Value.StartsWith(begins, StringComparison.Ordinal))
        .Select(match => double.Parse(match.Groups["broker"].Value, CultureInfo.InvariantCulture)).Single();

    /// <summary>Its own process and its share of a master.</summary>
    private static double Ssh()
    {
        Match match = OfSsh().Match(Results);
        return 1000 * (double.Parse(match.Groups[1].Value, NumberStyles.Number, CultureInfo.InvariantCulture) + double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    [GeneratedRegex(@"^\| (?<what>[^|]+) \| KiB \| *[\d.]+ \| *(?<broker>[\d.]+) \|[^|]*\| `(?<row>[\w-]+)` \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Table();

    [GeneratedRegex(@"^\| memory of an ssh-target session: .* \| ([\d,]+) / (\d+) / \d+ kB \|$", RegexOptions.Multiline)]
    private static partial Regex OfSsh();
}
