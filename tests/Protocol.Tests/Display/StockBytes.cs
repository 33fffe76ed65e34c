using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace MoshBroker.Protocol.Tests.Display;

/// <summary>What a diff may consist of: sequences that mean the same to stock 1.4.0's emulator as to ours, none of which it would answer.</summary>
internal static partial class StockBytes
{
    public static void AssertOnly(ReadOnlySpan<byte> diff)
    {
        string text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(diff);
        for (int at = 0; at < text.Length;)
        {
            Match match = Element().Match(text, at);
            if (!match.Success)
                Assert.Fail($"not in stock's language at {at}: {text[at..Math.Min(text.Length, at + 20)].Replace("\e", "^[", StringComparison.Ordinal)}");
            if (match.Groups["sgr"].Success)
                AssertRendition(match.Groups["sgr"].Value);
            at += match.Length;
        }
    }

    private static void AssertRendition(string parameters)
    {
        int[] codes = [.. parameters.Split(';').Select(p => p.Length == 0 ? 0 : int.Parse(p, CultureInfo.InvariantCulture))];
        for (int i = 0; i < codes.Length; i++)
        {
            if (codes[i] is 38 or 48)
            {
                Assert.True(codes[i + 1] is 2 or 5, parameters);
                i += codes[i + 1] == 5 ? 2 : 4;
                Assert.True(i < codes.Length, parameters);
                continue;
            }

            Assert.True(
                codes[i] is 0 or 1 or 3 or 4 or 5 or 7 or 8 or 22 or 23 or 24 or 25 or 27 or 28 or (>= 30 and <= 49) or (>= 90 and <= 97) or (>= 100 and <= 107),
                parameters);
        }
    }

    // Characters; BEL, BS, LF, CR; RI; cursor movements, erasures, insertions and scrolls; the modes that frames hold; the region; titles and clipboard.
    [GeneratedRegex(
        @"\G(?:[^\x00-\x1f\x7f-\x9f]|[\a\b\n\r]|\x1bM|\x1b\[(?:\d+(?:;\d+)?|;\d+)?[ABCDGHKJXLMSTd]|\x1b\[(?<sgr>[\d;]*)m|\x1b\[(?:\d*;\d+)?r"
        + @"|\x1b\[\?(?:5|9|25|1000|1001|1002|1003|1004|1005|1006|1015|2004)[hl]|\x1b\](?:[012]|52;c);[^\x00-\x1f]*\a)",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Element();
}
