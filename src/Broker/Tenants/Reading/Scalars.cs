using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MoshBroker.Configuration;

namespace MoshBroker.Tenants.Reading;

/// <summary>The words and lines that a policy is made of.</summary>
internal static partial class Scalars
{
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(3660);
    private static readonly string[] DayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// <summary>Names reach logs, menus, command lines and file names.</summary>
    public static ScalarShape<string> Name { get; } = Pattern("a name of letters, digits, '.', '_' and '-', at most 63, a letter or digit first", NamePattern());

    /// <summary>As sshd's certificates have them.</summary>
    public static ScalarShape<string> Principal { get; } = Pattern("a principal of letters, digits and . _ @ : / + -, at most 128", PrincipalPattern());

    public static ScalarShape<string> TargetPattern { get; } = Pattern("a target's name, or a part of names with one '*', such as web-*", TargetPatternPattern());

    /// <summary>A host name or address; nothing that ssh could take for an option or a user.</summary>
    public static ScalarShape<string> Host { get; } = Pattern("a host name or an IP address", HostPattern());

    public static ScalarShape<string> Account { get; } = Pattern("the name of an account", AccountPattern());

    public static ScalarShape<string> AbsolutePath { get; } = Pattern("an absolute path", PathPattern());

    public static ScalarShape<string> Variable { get; } = Pattern("the name of an environment variable", VariablePattern());

    public static ScalarShape<string> Revocation { get; } = Pattern("SHA256:… of a key, serial:N or id:KEYID of a certificate", RevocationPattern());

    public static ScalarShape<string> Text { get; } = new("text", Type("string"), (string text, out string value) =>
    {
        value = text;
        return null;
    });

    public static ScalarShape<string> Template { get; } = new("a command, in which {session} stands for the session's id", Type("string"), (string text, out string value) =>
    {
        value = text;
        string rest = text.Replace("{session}", "", StringComparison.Ordinal);
        return rest.Contains('{', StringComparison.Ordinal) || rest.Contains('}', StringComparison.Ordinal) ? "has braces that are not {session}: that is the only one" : null;
    });

    public static ScalarShape<bool> Boolean { get; } = new("true or false", Type("boolean"), (string text, out bool value) =>
    {
        value = text == "true";
        return text is "true" or "false" ? null : "";
    }, isPlain: true);

    public static ScalarShape<TimeSpan> Duration { get; } = new(
        "a duration such as 90s, 15m, 8h or 7d",
        new JsonObject { ["type"] = "string", ["pattern"] = DurationPattern().ToString() },
        (string text, out TimeSpan value) =>
        {
            value = default;
            Match match = DurationPattern().Match(text);
            if (!match.Success || text.Length > 24) { return ""; }
            foreach (Capture part in match.Groups["part"].Captures)
            {
                long count = long.Parse(part.ValueSpan[..^1], NumberStyles.None, CultureInfo.InvariantCulture);
                long unit = part.ValueSpan[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 86400 };
                if (count > LongestDuration.TotalSeconds / unit) { return "is longer than ten years: leave the key out for no limit"; }
                value += TimeSpan.FromSeconds(count * unit);
            }

            return value <= LongestDuration ? null : "is longer than ten years: leave the key out for no limit";
        });

    public static ScalarShape<long> ByteCount { get; } = new(
        "a number of bytes such as 64KiB or 2MB",
        new JsonObject { ["type"] = "string", ["pattern"] = ByteCountPattern().ToString() },
        (string text, out long value) =>
        {
            value = 0;
            Match match = ByteCountPattern().Match(text);
            if (!match.Success || !long.TryParse(match.Groups["count"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > 1_000_000_000) { return ""; }
            value = count * match.Groups["unit"].Value switch { "B" => 1, "KB" => 1000, "KiB" => 1024, "MB" => 1_000_000, _ => 1024 * 1024 };
            return null;
        });

    public static ScalarShape<DateTimeOffset> Moment { get; } = new(
        "a moment with its zone, such as 2027-01-31T18:00:00Z",
        new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        (string text, out DateTimeOffset value) => DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out value)
            && MomentPattern().IsMatch(text) ? null : "");

    public static ScalarShape<TimeSpan> TimeOfDay { get; } = new(
        "a time such as \"08:30\", up to \"24:00\"",
        new JsonObject { ["type"] = "string", ["pattern"] = TimeOfDayPattern().ToString() },
        (string text, out TimeSpan value) =>
        {
            value = default;
            if (!TimeOfDayPattern().IsMatch(text)) { return ""; }
            value = new TimeSpan(int.Parse(text[..2], CultureInfo.InvariantCulture), int.Parse(text[3..], CultureInfo.InvariantCulture), 0);
            return null;
        });

    /// <summary>A day, or a span of days that may go round the week's end.</summary>
    public static ScalarShape<DayOfWeek[]> Days { get; } = new(
        "a day or a span of days: mon, tue, wed, thu, fri, sat, sun, mon-fri",
        new JsonObject { ["type"] = "string", ["pattern"] = DaysPattern().ToString() },
        (string text, out DayOfWeek[] value) =>
        {
            value = [];
            if (!DaysPattern().IsMatch(text)) { return ""; }
            int first = Array.IndexOf(DayNames, text[..3]);
            int last = text.Length > 3 ? Array.IndexOf(DayNames, text[4..]) : first;
            value = [.. Enumerable.Range(0, ((last - first + 7) % 7) + 1).Select(offset => (DayOfWeek)((first + offset + 1) % 7))];
            return null;
        });

    public static ScalarShape<TimeZoneInfo> Zone { get; } = new("UTC or a zone's name such as Europe/Berlin", Type("string"), (string text, out TimeZoneInfo value) =>
    {
        value = TimeZoneInfo.Utc;
        if (text == "UTC") { return null; }
        if (!ZonePattern().IsMatch(text)) { return ""; }
        return TimeZoneInfo.TryFindSystemTimeZoneById(text, out value!) ? null : "is not a zone that this machine knows: write UTC or a name as in /usr/share/zoneinfo (package tzdata)";
    });

    public static ScalarShape<AddressRange> Network { get; } = new(
        "a network such as 10.1.0.0/16 or 2001:db8::/32, or one address", Type("string"), (string text, out AddressRange value) => AddressRange.Parse(text, out value));

    public static ScalarShape<SshPublicKey> UserKey { get; } = Key(SshPublicKey.MinUserRsaBits);

    public static ScalarShape<SshPublicKey> HostKey { get; } = Key(SshPublicKey.MinHostRsaBits);

    public static ScalarShape<PortSource> Ports { get; } = new(
        "a range of UDP ports such as 60001:60499, or shared:60001",
        new JsonObject { ["type"] = "string", ["pattern"] = PortsPattern().ToString() },
        (string text, out PortSource value) =>
        {
            value = new PortSource.Shared(0);
            Match match = PortsPattern().Match(text);
            if (!match.Success) { return ""; }
            bool isShared = match.Groups["shared"].Success;
            int low = int.Parse(match.Groups[isShared ? "shared" : "low"].ValueSpan, CultureInfo.InvariantCulture);
            int high = isShared ? low : int.Parse(match.Groups["high"].ValueSpan, CultureInfo.InvariantCulture);
            if (low is 0 or > 65535 || high > 65535 || low > high) { return "is not a range of ports: the lower first, from 1 to 65535"; }
            value = isShared ? new PortSource.Shared(low) : new PortSource.Range(low, high);
            return null;
        });

    public static ScalarShape<int> Number(int least, int most) => new(
        $"a number from {least} to {most}",
        new JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most },
        (string text, out int value) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most ? null : "",
        isPlain: true);

    /// <summary>The members of an enum in snake case.</summary>
    public static ScalarShape<T> Word<T>()
        where T : struct, Enum
    {
        string[] names = [.. Enum.GetNames<T>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];
        return new ScalarShape<T>(
            string.Join(" or ", names),
            new JsonObject { ["enum"] = new JsonArray([.. names.Select(name => JsonValue.Create(name))]) },
            (string text, out T value) =>
            {
                int index = Array.IndexOf(names, text);
                value = index >= 0 ? Enum.GetValues<T>()[index] : default;
                return index >= 0 ? null : "";
            });
    }

    private static ScalarShape<SshPublicKey> Key(int minRsaBits) => new(
        "a public key as in a .pub file: ssh-ed25519 AAAA… comment",
        new JsonObject { ["type"] = "string", ["pattern"] = "^(ssh-|ecdsa-|sk-)[a-z0-9@.-]+ +AAAA[A-Za-z0-9+/]+=* *" },
        (string text, out SshPublicKey value) => SshPublicKey.Parse(text, minRsaBits, out value));

    private static JsonObject Type(string name) => new() { ["type"] = name };

    private static ScalarShape<string> Pattern(string form, Regex pattern) => new(
        form,
        new JsonObject { ["type"] = "string", ["pattern"] = pattern.ToString().Replace(@"\z", "$", StringComparison.Ordinal) },
        (string text, out string value) =>
        {
            value = text;
            return pattern.IsMatch(text) ? null : "";
        });

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._@:/+-]{0,127}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PrincipalPattern();

    [GeneratedRegex(@"^([A-Za-z0-9][A-Za-z0-9._-]{0,62})?(\*[A-Za-z0-9._-]{0,63})?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TargetPatternPattern();

    [GeneratedRegex(@"^[A-Za-z0-9:][A-Za-z0-9.:_-]{0,252}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^[A-Za-z_0-9][A-Za-z0-9._-]{0,31}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex AccountPattern();

    [GeneratedRegex(@"^/[^%""\\]{0,1000}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]{0,127}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"^(SHA256:[A-Za-z0-9+/]{43}|serial:[0-9]{1,20}|id:.{1,256})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex RevocationPattern();

    [GeneratedRegex("^(?<part>[0-9]{1,9}[smhd])+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DurationPattern();

    [GeneratedRegex("^(?<count>[0-9]{1,10})(?<unit>B|KB|KiB|MB|MiB)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ByteCountPattern();

    [GeneratedRegex("(Z|[+-][0-9]{2}:[0-9]{2})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MomentPattern();

    [GeneratedRegex("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TimeOfDayPattern();

    [GeneratedRegex("^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DaysPattern();

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+/-]{0,63}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ZonePattern();

    [GeneratedRegex("^(shared:(?<shared>[0-9]{1,5})|(?<low>[0-9]{1,5}):(?<high>[0-9]{1,5}))$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PortsPattern();
}
