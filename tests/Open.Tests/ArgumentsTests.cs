using System.Text;

namespace MoshBroker.Open.Tests;

public sealed class ArgumentsTests
{
    private const string Ssh = "192.0.2.9 50000 198.51.100.7 22";

    [Theory]
    [InlineData("new|-@|moshbroker-probe|--|cat", true)]
    [InlineData("new|-@moshbroker-probe", true)]
    [InlineData("new|-@|another word", false)]
    [InlineData("new|--|-@|moshbroker-probe", false)]
    public void A_probe_marks_itself(string words, bool isProbe) => Assert.Equal(isProbe, Parse(words).IsProbe);

    /// <summary>Remote commands as the stock wrapper sends them, and what has to come of them.</summary>
    [Theory]
    [InlineData("new|-c|256|-s|-l|LANG=C.UTF-8|-l|LC_CTYPE=C.UTF-8", "256", "198.51.100.7", "ssh", "", "LANG=C.UTF-8 LC_CTYPE=C.UTF-8", "")]
    [InlineData("new|-c|256|-s|-l|LANG=C.UTF-8|--|ls|-l|it's", "256", "198.51.100.7", "ssh", "", "LANG=C.UTF-8", "ls|-l|it's")]
    [InlineData("new|-c|8", "8", "", "", "", "", "")]
    [InlineData("new|-c|256|-i|127.0.0.1|-p|60001", "256", "127.0.0.1", "option", "60001", "", "")]
    [InlineData("new|-c|256|-i|::1|-p|60010:60020|--|vim", "256", "::1", "option", "60010:60020", "", "vim")]
    [InlineData("--broker|/x|new|-c|256|-s", "256", "198.51.100.7", "ssh", "", "", "")]
    [InlineData("-s|-c|256|--|top", "256", "198.51.100.7", "ssh", "", "", "top")]
    [InlineData("new|-sv|-p60003|-c8", "8", "198.51.100.7", "ssh", "60003", "", "")]
    [InlineData("new|-s|-i|::1", "0", "::1", "option", "", "", "")]
    [InlineData("new|-i|::1|-s", "0", "198.51.100.7", "ssh", "", "", "")]
    [InlineData("new|-i|fe80::1%eth0", "0", "fe80::1%eth0", "option", "", "", "")]
    [InlineData("new|-@|a word|-p|0", "0", "", "", "0", "", "")]
    [InlineData("new|--|--help", "0", "", "", "", "", "--help")]
    [InlineData("new|--", "0", "", "", "", "", "")]
    [InlineData("new|-p| 60001", "0", "", "", "60001", "", "")]
    [InlineData("new|-p|", "0", "", "", "0", "", "")]
    [InlineData("new|-c|", "0", "", "", "", "", "")]
    [InlineData("new|-c|-5", "-5", "", "", "", "", "")]
    [InlineData("", "0", "", "", "", "", "")]
    [InlineData("127.0.0.1", "0", "127.0.0.1", "option", "", "", "")]
    [InlineData("127.0.0.1|60005", "0", "127.0.0.1", "option", "60005", "", "")]
    public void A_real_command_line_means_what_it_means_to_mosh_server(
        string words, string colors, string address, string source, string ports, string locale, string command)
    {
        Arguments arguments = Parse(words);

        Assert.Equal(Verdict.Open, arguments.Verdict);
        Assert.Equal("", Text(arguments.Notices.Span));
        Assert.Equal(colors, arguments.Colors.ToString());
        Assert.Equal(address, Text(arguments.BindAddress));
        if (address.Length > 0) { Assert.Equal(string.Equals(source, "ssh", StringComparison.Ordinal), arguments.IsBindAddressFromSsh); }
        Assert.Equal(ports, Text(arguments.Ports?.ToText()));
        Assert.Equal(locale, string.Join(' ', arguments.LocaleSettings.Select(s => Text(s))));
        Assert.Equal(command, string.Join('|', arguments.Command.Select(w => Text(w))));
    }

    [Theory]
    [InlineData("new|-p|x", "Bad UDP port range (x)")]
    [InlineData("new|-p|70000", "Bad UDP port range (70000)")]
    [InlineData("new|-p|-1", "Bad UDP port range (-1)")]
    [InlineData("new|-p|5:3", "Bad UDP port range (5:3)")]
    [InlineData("new|-p|0:5", "Bad UDP port range (0:5)")]
    [InlineData("new|-p|:5", "Bad UDP port range (:5)")]
    [InlineData("new|-p|60001:", "Bad UDP port range (60001:)")]
    [InlineData("new|-p|1:2:3", "Bad UDP port range (1:2:3)")]
    [InlineData("new|-p|60001:60002x", "Bad UDP port range (60001:60002x)")]
    [InlineData("new|-p|99999999999999999999", "Bad UDP port range (99999999999999999999)")]
    [InlineData("new|-p|60001|-p|x", "Bad UDP port range (x)")]
    [InlineData("127.0.0.1|x", "Bad UDP port range (x)")]
    [InlineData("new|-c|x", "Bad number of colors (x)")]
    [InlineData("new|-c|0x10", "Bad number of colors (0x10)")]
    [InlineData("new|-c|99999999999999999999", "Bad number of colors (99999999999999999999)")]
    [InlineData("a|b|c", "without \"new\"")]
    [InlineData("new|--broker", "--broker needs the path")]
    public void A_bad_value_is_refused_with_its_text_and_the_usage(string words, string reason)
    {
        Arguments arguments = Parse(words);

        Assert.Equal(Verdict.Refuse, arguments.Verdict);
        Assert.StartsWith("moshbroker open: ", Text(arguments.Notices.Span), StringComparison.Ordinal);
        Assert.Contains(reason, Text(arguments.Notices.Span), StringComparison.Ordinal);
        Assert.EndsWith(Text(Arguments.Usage), Text(arguments.Notices.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("new|-Z|-c|8", "unknown option -Z")]
    [InlineData("new|--zork=1|-c|8", "unknown option --zork=1")]
    [InlineData("new|-c|8|-hs", "unknown option -h")]
    [InlineData("new|-c|8|-p", "without its value: -p")]
    [InlineData("new|-c|8|-i", "without its value: -i")]
    public void An_unknown_option_gets_a_line_and_the_usage_and_the_rest_still_counts(string words, string line)
    {
        Arguments arguments = Parse(words);

        Assert.Equal(Verdict.Open, arguments.Verdict);
        Assert.Equal(8, arguments.Colors);
        Assert.Contains(line, Text(arguments.Notices.Span), StringComparison.Ordinal);
        Assert.Contains("Usage: ", Text(arguments.Notices.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("new|-l|PATH=/evil", "refusing -l PATH:")]
    [InlineData("new|-l|LD_PRELOAD=/evil.so", "refusing -l LD_PRELOAD:")]
    [InlineData("new|-l|LC_EVIL=1", "refusing -l LC_EVIL:")]
    [InlineData("new|-l|LANG", "refusing -l LANG:")]
    [InlineData("new|-l|=x", "refusing -l :")]
    [InlineData("new|-l|", "refusing -l :")]
    [InlineData("new|stray", "ignoring the word \"stray\"")]
    [InlineData("new|-i|localhost", "not a numeric address: \"localhost\"")]
    [InlineData("new|-i|1.2.3.4%eth0", "not a numeric address")]
    public void What_may_not_be_is_reported_and_has_no_effect(string words, string line)
    {
        Arguments arguments = Parse(words);

        Assert.Equal(Verdict.Open, arguments.Verdict);
        Assert.Contains(line, Text(arguments.Notices.Span), StringComparison.Ordinal);
        Assert.Empty(arguments.LocaleSettings);
        Assert.Empty(arguments.Command);
        Assert.Null(arguments.BindAddress);
    }

    [Theory]
    [InlineData("192.0.2.9 50000 ::ffff:198.51.100.7 22", "198.51.100.7", "")]
    [InlineData("2001:db8::9 50000 2001:db8::7 22", "2001:db8::7", "")]
    [InlineData("::1 5 ::ffff:1 22", "::ffff:1", "")]
    [InlineData("one two", "", "could not parse SSH_CONNECTION")]
    [InlineData("1.2.3.4 5 zork 6", "", "not a numeric address: \"zork\"")]
    [InlineData("", "", "SSH_CONNECTION not found")]
    [InlineData(null, "", "SSH_CONNECTION not found")]
    public void Minus_s_binds_where_ssh_arrived(string? connection, string address, string warning)
    {
        Arguments arguments = Arguments.Parse(Words("new|-s"), connection is null ? null : Encoding.UTF8.GetBytes(connection));

        Assert.Equal(address, Text(arguments.BindAddress));
        Assert.Contains(warning, Text(arguments.Notices.Span), StringComparison.Ordinal);
        Assert.Equal(warning.Length == 0, arguments.Notices.Span.IsEmpty);
    }

    [Theory]
    [InlineData("--help", nameof(Verdict.ShowHelp))]
    [InlineData("new|-p|x|-h", nameof(Verdict.ShowHelp))]
    [InlineData("new|-i|--version", nameof(Verdict.ShowVersion))]
    [InlineData("new|--|-h", nameof(Verdict.Open))]
    public void Help_and_version_are_seen_anywhere_before_the_two_dashes(string words, string verdict)
    {
        Assert.Equal(verdict, Parse(words).Verdict.ToString());
    }

    [Theory]
    [InlineData("--broker|/run/a|new", "/run/a")]
    [InlineData("new|--broker=/run/b|-s", "/run/b")]
    [InlineData("new|--|--broker|/run/c", "")]
    public void The_brokers_socket_may_stand_anywhere_before_the_two_dashes(string words, string path)
    {
        Assert.Equal(path, Text(Parse(words).BrokerSocket));
    }

    private static Arguments Parse(string words) => Arguments.Parse(Words(words), Encoding.UTF8.GetBytes(Ssh));

    private static byte[][] Words(string words) => words.Length == 0 ? [] : [.. words.Split('|').Select(Encoding.UTF8.GetBytes)];

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
