using System.Text.Json;
using MoshBroker.Dashboard.Feed;
using Xunit;

namespace MoshBroker.Broker.Tests.Commands;

public sealed class SessionsCommandTests
{
    private static string Json(params SessionView[] sessions) =>
        JsonSerializer.Serialize<IReadOnlyList<SessionView>>(sessions, FeedJson.Default.IReadOnlyListSessionView);

    [Fact]
    public async Task A_list_has_one_line_a_session_under_its_heads()
    {
        using ScriptedBroker broker = new("ok", "json", Json(SampleViews.Session(), SampleViews.Session("00ff00ff", SessionState.Starting, "vim a b")));
        CommandLineRun run = await CommandLineRun.Of("sessions", "list", "--broker", broker.Path);
        string[] lines = run.Output.TrimEnd('\n').Split('\n');

        Assert.Equal((0, "sessions-list\n"), (run.Status, await broker.Request));
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^ID +USER +STATE +VERDICT +COMMAND +PEER +RTT +HEARD +IDLE +SIZE +CREATED *$", lines[0]);
        Assert.Matches(@"^1a2b3c4d +ann +attached +path lossy +bash +198\.51\.100\.7:40112 +42 ms +0\.8 s +12\.4 s +120x40 +2026-07-01 12:00:00Z *$", lines[1]);
        Assert.Matches(@"^00ff00ff +ann +starting +path lossy +vim a b +- +- +- +", lines[2]);
    }

    [Fact]
    public async Task Without_a_verb_sessions_are_listed()
    {
        using ScriptedBroker broker = new("ok", "json", "[]");
        CommandLineRun run = await CommandLineRun.Of("sessions", "--broker", broker.Path);

        Assert.Equal((0, "No sessions.\n", "sessions-list\n"), (run.Status, run.Output, await broker.Request));
    }

    [Fact]
    public async Task Json_is_passed_on_as_it_came()
    {
        string json = Json(SampleViews.Session());
        using ScriptedBroker broker = new("ok", "json", json);
        CommandLineRun run = await CommandLineRun.Of("sessions", "list", "--json", "--broker", broker.Path);

        Assert.Equal(json + "\n", run.Output);
        Assert.Contains("\"state\":\"attached\"", json, StringComparison.Ordinal);
        Assert.Contains("\"drops\":{\"auth_failed\":3}", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_session_is_shown_with_its_counters()
    {
        using ScriptedBroker broker = new("ok", "json", JsonSerializer.Serialize(SampleViews.Session(), FeedJson.Default.SessionView));
        CommandLineRun run = await CommandLineRun.Of("sessions", "show", "1a2b3c4d", "--broker", broker.Path);

        Assert.Equal("sessions-show\nsession=1a2b3c4d\n", await broker.Request);
        Assert.Matches(@"(?m)^session +1a2b3c4d$", run.Output);
        Assert.Matches(@"(?m)^user +ann \(1000\)$", run.Output);
        Assert.Matches(@"(?m)^1 +60123 +198\.51\.100\.7:40112 .*auth_failed=3 *$", run.Output);
    }

    [Fact]
    public async Task The_verdict_is_said_first_and_what_happened_last()
    {
        DateTimeOffset at = new(2026, 7, 1, 23, 59, 58, TimeSpan.Zero);
        SessionView session = SampleViews.Session() with
        {
            Timeline = [new TimelineEventView(at, "attached", "client 1 came"), new TimelineEventView(at.AddSeconds(3), "verdict", "path lossy (after 3 s)")],
        };
        using ScriptedBroker broker = new("ok", "json", JsonSerializer.Serialize(session, FeedJson.Default.SessionView));
        CommandLineRun run = await CommandLineRun.Of("sessions", "show", "1a2b3c4d", "--broker", broker.Path);

        Assert.StartsWith("The path loses datagrams: 17 % in the last half minute.\n\nsession", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n\n2026-07-01 (UTC)\n23:59:58  client 1 came\n2026-07-02 (UTC)\n00:00:01  path lossy (after 3 s)\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_user_wrote_cannot_control_the_admins_terminal()
    {
        using ScriptedBroker broker = new("ok", "json", Json(SampleViews.Session(command: "\e]0;x\a[red]\u202eevil\r\n", user: "\u009b31m")));
        CommandLineRun run = await CommandLineRun.Of("sessions", "--broker", broker.Path);

        Assert.Equal(2, run.Output.TrimEnd('\n').Split('\n').Length);
        Assert.DoesNotContain(run.Output, c => (char.IsControl(c) && c != '\n') || c == '\u202e');
        Assert.Contains("[red]", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sessions-close\nsession=1a2b3c4d\n", "1a2b3c4d")]
    [InlineData("sessions-close\nidle=3600\n", "--idle", "3600")]
    public async Task Closing_names_the_session_or_the_idle_time(string request, params string[] arguments)
    {
        using ScriptedBroker broker = new("ok", "json", """["1a2b3c4d"]""");
        CommandLineRun run = await CommandLineRun.Of(["sessions", "close", .. arguments, "--broker", broker.Path]);

        Assert.Equal((0, "Closed 1a2b3c4d.\n", request), (run.Status, run.Output, await broker.Request));
    }

    [Fact]
    public async Task A_brokers_refusal_is_one_line()
    {
        using ScriptedBroker broker = new("error", "message", "no session 1a2b3c4d\nof yours");
        CommandLineRun run = await CommandLineRun.Of("sessions", "show", "1a2b3c4d", "--broker", broker.Path);

        Assert.Equal((1, "", "moshbroker: no session 1a2b3c4d of yours\n"), (run.Status, run.Output, run.Error));
    }

    [Fact]
    public async Task No_broker_is_one_line_with_the_cure()
    {
        CommandLineRun run = await CommandLineRun.Of("sessions", "--broker", "/nowhere/broker.sock");

        Assert.Equal(1, run.Status);
        Assert.Matches(@"^moshbroker: no broker at /nowhere/broker\.sock \([^\n]+\): start 'moshbroker serve', or name its socket by --broker\n$", run.Error);
    }

    [Fact]
    public async Task The_socket_is_looked_for_where_the_environment_says()
    {
        using ScriptedBroker broker = new("ok", "json", "[]");
        CommandLineRun run = await CommandLineRun.Of(CommandLineRun.Host(false, ("MOSHBROKER_SOCKET", broker.Path)), "sessions");

        Assert.Equal((0, "No sessions.\n"), (run.Status, run.Output));
    }

    [Fact]
    public async Task An_answer_that_is_not_understood_is_one_line()
    {
        using ScriptedBroker broker = new("ok", "json", "{");
        CommandLineRun run = await CommandLineRun.Of("sessions", "--broker", broker.Path);

        Assert.Equal((1, "moshbroker: the broker's answer is not understood: use the moshbroker of the same version, or --json\n"), (run.Status, run.Error));
    }
}
