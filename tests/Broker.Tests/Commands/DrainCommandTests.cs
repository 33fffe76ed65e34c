using Xunit;

namespace MoshBroker.Broker.Tests.Commands;

public sealed class DrainCommandTests
{
    [Fact]
    public async Task A_drain_without_sessions_ends_at_once()
    {
        using ScriptedBroker broker = new("ok", "json", "0");
        CommandLineRun run = await CommandLineRun.Of("drain", "--broker", broker.Path);

        Assert.Equal((0, "0 sessions are left\n", "drain\n"), (run.Status, run.Output, await broker.Request));
    }

    [Fact]
    public async Task A_drain_whose_time_is_up_says_how_many_are_left()
    {
        using ScriptedBroker broker = new("ok", "json", "1");
        CommandLineRun run = await CommandLineRun.Of("drain", "--wait", "0", "--broker", broker.Path);

        Assert.Equal((1, "1 session is left\n"), (run.Status, run.Output));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("soon")]
    [InlineData("604801")]
    public async Task A_wait_that_is_none_is_refused(string wait)
    {
        CommandLineRun run = await CommandLineRun.Of("drain", $"--wait={wait}");

        Assert.Equal((2, $"moshbroker: --wait: '{wait}' is not a number of seconds up to a week. See: moshbroker drain --help\n"), (run.Status, run.Error));
    }
}
