using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Commands;

public sealed class AuditCommandTests
{
    private const string Login =
        """{"number":7,"timestamp":"2026-07-01T12:00:00.000Z","event.name":"login","user.name":"ann","client.address":"192.0.2.7","previous":"00"}""";

    [Fact]
    public async Task Events_are_shown_a_line_each_without_the_chain()
    {
        using ScriptedBroker broker = new("ok", "json", $"[{Login}]");
        CommandLineRun run = await CommandLineRun.Of("audit", "--user", "ann", "--event", "login", "--limit", "5", "--broker", broker.Path);

        Assert.Equal("audit-query\nevent=login\nuser=ann\nlimit=5\n", await broker.Request);
        Assert.Equal("2026-07-01T12:00:00.000Z  login             user.name=ann  client.address=192.0.2.7\n", run.Output);
    }

    [Fact]
    public async Task Json_is_one_event_a_line()
    {
        using ScriptedBroker broker = new("ok", "json", $"[{Login},{Login}]");
        CommandLineRun run = await CommandLineRun.Of("audit", "--json", "--broker", broker.Path);

        Assert.Equal($"{Login}\n{Login}\n", run.Output);
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("5")]
    [InlineData("-3m")]
    [InlineData("2026-13-01")]
    public async Task A_time_that_is_none_is_refused_with_the_forms_that_are(string time)
    {
        CommandLineRun run = await CommandLineRun.Of("audit", "--since", time, "--broker", "/nowhere");

        Assert.Equal(ExitCodes.Usage, run.Status);
        Assert.Equal($"moshbroker: --since '{time}' is not a time: write 90s, 15m, 24h, 7d, or 2026-01-31T12:00Z\n", run.Error);
    }

    [Fact]
    public async Task A_moment_is_asked_for_in_milliseconds()
    {
        using ScriptedBroker broker = new("ok", "json", "[]");
        CommandLineRun run = await CommandLineRun.Of("audit", "--since", "2026-01-31T12:00Z", "--broker", broker.Path);

        Assert.Contains("since=1769860800000\n", await broker.Request, StringComparison.Ordinal);
        Assert.Equal("No such events.\n", run.Output);
    }

    [Fact]
    public async Task Copied_files_can_be_verified_without_a_broker()
    {
        using TemporaryDirectory folder = new();
        string file = Path.Combine(folder.Path, "copy.jsonl");
        AuditRecord first = AuditLine.Write(1, DateTimeOffset.UnixEpoch, new AuditEvent(AuditEventName.Login), AuditLine.Genesis);
        AuditRecord second = AuditLine.Write(2, DateTimeOffset.UnixEpoch, new AuditEvent(AuditEventName.Login), first.Hash);
        await File.WriteAllLinesAsync(file, [System.Text.Encoding.UTF8.GetString(first.Line), System.Text.Encoding.UTF8.GetString(second.Line)]);

        CommandLineRun whole = await CommandLineRun.Of("audit", "verify", file);
        Assert.Equal(0, whole.Status);
        Assert.StartsWith("2 events, up to number 2: ", whole.Output, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("\"number\":1", "\"number\":3", StringComparison.Ordinal));
        CommandLineRun broken = await CommandLineRun.Of("audit", "verify", file);
        Assert.Equal(1, broken.Status);
        Assert.StartsWith($"moshbroker: the audit trail does not hold: {file}, line 2: ", broken.Error, StringComparison.Ordinal);
    }
}
