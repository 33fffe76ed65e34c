using System.Text;

namespace MoshBroker.Open.Tests;

public sealed class LeadingNumberTests
{
    [Theory]
    [InlineData("", 0, true, false)]
    [InlineData("0", 0, true, false)]
    [InlineData(" \t60001", 60001, true, false)]
    [InlineData("+7", 7, true, false)]
    [InlineData("-7", -7, true, false)]
    [InlineData("5x", 5, false, false)]
    [InlineData("x", 0, false, false)]
    [InlineData("-", 0, false, false)]
    [InlineData(" ", 0, false, false)]
    [InlineData("9223372036854775807", long.MaxValue, true, false)]
    [InlineData("9223372036854775808", long.MaxValue, true, true)]
    [InlineData("99999999999999999999999 ", long.MaxValue, false, true)]
    public void It_is_what_strtol_reads(string text, long value, bool isWhole, bool overflowed)
    {
        LeadingNumber number = LeadingNumber.Parse(Encoding.ASCII.GetBytes(text));

        Assert.Equal(value, number.Value);
        Assert.Equal(isWhole, number.IsWholeText);
        Assert.Equal(overflowed, number.Overflowed);
    }

    [Theory]
    [InlineData("3600", 3600, "")]
    [InlineData("5x", 5, "not a whole number")]
    [InlineData("soon", 0, "not a whole number")]
    [InlineData("-3", 0, "negative")]
    [InlineData("", 0, "")]
    public void The_network_timeout_uses_a_leading_number_and_warns(string text, long seconds, string warning)
    {
        var notices = new ByteText();
        long read = NetworkTimeout.Read(EnvironmentBlock.Parse(Encoding.ASCII.GetBytes($"MOSH_SERVER_NETWORK_TMOUT={text}\0")), notices);

        Assert.Equal(seconds, read);
        Assert.Contains(warning, Encoding.ASCII.GetString(notices.Span), StringComparison.Ordinal);
        Assert.Equal(warning.Length == 0, notices.Span.IsEmpty);
    }
}
