using System.Text;

namespace MoshBroker.Open.Tests;

public sealed class CallerStateTests
{
    [Theory]
    [InlineData("1024", "0000000000001001", "1024", "1 13")]
    [InlineData("unlimited", "8000000000000000", "unlimited", "64")]
    [InlineData("0", "0000000180000000", "0", "")]
    [InlineData("12; rm", "zz", "", "")]
    [InlineData("-1", "00000000000000001", "", "")]
    [InlineData("99999999999999999999", "", "", "")]
    public void Notes_are_checked_before_they_reach_the_shell(string limit, string mask, string limitWord, string signals)
    {
        var environment = EnvironmentBlock.Parse(Encoding.ASCII.GetBytes($"MOSHBROKER_CALLER_NOFILE={limit}\0A=1\0MOSHBROKER_CALLER_SIGIGN={mask}\0"));
        CallerState state = CallerState.TakeFrom(environment);

        Assert.Equal(limitWord, Encoding.ASCII.GetString(state.DescriptorLimit));
        Assert.Equal(signals, Encoding.ASCII.GetString(state.IgnoredSignals));
        Assert.Equal(1, environment.Count);
        Assert.Equal("A=1"u8.ToArray(), environment[0]);
    }
}
