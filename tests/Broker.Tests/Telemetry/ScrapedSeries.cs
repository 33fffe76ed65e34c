using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace MoshBroker.Broker.Tests.Telemetry;

/// <summary>One line of a scrape, read back.</summary>
internal sealed partial record ScrapedSeries(string Name, IReadOnlyDictionary<string, string> Labels, double Value)
{
    /// <summary>All samples of a page in either text format; a line that is none fails.</summary>
    public static List<ScrapedSeries> Parse(string page)
    {
        List<ScrapedSeries> series = [];
        foreach (string line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#'))
        {
            Match match = Sample().Match(line);
            Assert.True(match.Success, line);
            Dictionary<string, string> labels = Label().Matches(match.Groups["labels"].Value)
                .ToDictionary(label => label.Groups["name"].Value, label => label.Groups["value"].Value, StringComparer.Ordinal);
            series.Add(new ScrapedSeries(match.Groups["name"].Value, labels, double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture)));
        }

        return series;
    }

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>([a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*",?)*)\})? (?<value>[-+0-9.eE]+)( # \{session_id="[^"]*"\} [0-9.eE-]+ [0-9.]+)?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();

    [GeneratedRegex(""""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\]|\\.)*)["]"""", RegexOptions.ExplicitCapture)]
    private static partial Regex Label();
}
