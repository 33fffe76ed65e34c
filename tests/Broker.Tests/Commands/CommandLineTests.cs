using MoshBroker.Commands;
using Xunit;

namespace MoshBroker.Broker.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("frobnicate")]
    [InlineData("frobnicate", "--all", "x")]
    public async Task An_unknown_verb_gets_one_line_and_a_hint(params string[] arguments)
    {
        CommandLineRun run = await CommandLineRun.Of(arguments);

        Assert.Equal((2, "moshbroker: 'frobnicate' is not a command. See: moshbroker --help\n", ""), (run.Status, run.Error, run.Output));
    }

    [Fact]
    public async Task No_verb_at_all_is_a_fault()
    {
        CommandLineRun run = await CommandLineRun.Of();

        Assert.Equal((2, "moshbroker: Required command was not provided. See: moshbroker --help\n"), (run.Status, run.Error));
    }

    [Theory]
    [InlineData("serve", "--prots", "1:2")]
    [InlineData("serve", "extra")]
    [InlineData("serve", "--node")]
    [InlineData("serve", "--node", "a", "--node", "b")]
    [InlineData("sessions", "show")]
    [InlineData("sessions", "close")]
    [InlineData("sessions", "close", "1a2b3c4d", "--idle", "5")]
    [InlineData("sessions", "close", "--idle", "-1")]
    [InlineData("sessions", "close", "--idle", "soon")]
    [InlineData("sessions", "lost")]
    public async Task A_wrong_command_line_gets_one_line_with_the_help_to_ask_for(params string[] arguments)
    {
        CommandLineRun run = await CommandLineRun.Of(arguments);

        Assert.Equal(2, run.Status);
        Assert.Matches(@"^moshbroker: [^\n]+\. See: moshbroker (serve|sessions( show| close)?) --help\n$", run.Error);
        Assert.Null(run.Served);
    }

    [Fact]
    public async Task A_flag_given_twice_is_named()
    {
        CommandLineRun run = await CommandLineRun.Of("serve", "--http", "off", "--http", "off");

        Assert.Equal("moshbroker: --http is given twice. See: moshbroker serve --help\n", run.Error);
    }

    [Fact]
    public async Task Help_names_every_verb_and_the_stand_in()
    {
        CommandLineRun run = await CommandLineRun.Of("--help");

        Assert.Equal(0, run.Status);
        Assert.All(["serve", "sessions", "mosh --server=\"moshbroker open\""], word => Assert.Contains(word, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Help_of_serve_names_every_flag_and_its_default()
    {
        CommandLineRun run = await CommandLineRun.Of("serve", "--help");

        Assert.All(
            ["--config", "--data", "--socket", "--listen-host", "--ports", "--http", "--metrics", "--ssh", "--store", "--node", "60001:60999", "127.0.0.1:8080"],
            word => Assert.Contains(word, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        CommandLineRun run = await CommandLineRun.Of("--version");

        Assert.Equal((0, $"moshbroker {CommandLine.Version}\n"), (run.Status, run.Output));
        Assert.Matches(@"^\d+\.\d+\.\d+", CommandLine.Version);
    }
}
