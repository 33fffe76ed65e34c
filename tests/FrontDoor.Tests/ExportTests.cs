namespace MoshBroker.FrontDoor.Tests;

/// <summary>What a collector gets by OTLP while people come in.</summary>
[Collection(FrontDoorGroup.Name)]
public sealed class ExportTests(FrontDoorFixture door)
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_way_from_ssh_to_the_target_is_one_trace_with_its_parts_in_order()
    {
        HashSet<string> before = [.. door.Collector.Spans.Select(span => span.Id)];
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "web");
        await terminal.WaitForTextAsync("p1>", Long);
        string session = await door.NewestAsync();
        List<OtlpSpan> Found() => [.. door.Collector.Spans.Where(span => !before.Contains(span.Id))];
        await Eventually.TrueAsync(() => Found().Exists(span => span.Name == "bootstrap"), "the trace was sent", Long, () => door.Broker.Log);

        List<OtlpSpan> spans = [.. Found().OrderBy(span => span.Began).ThenByDescending(span => span.Ended)];
        // The target is connected to when the client is there: its window's size is not known sooner.
        Assert.Equal(["bootstrap", "ssh_auth", "policy", "placement", "first_datagram", "target_connect"], spans.Select(span => span.Name));
        OtlpSpan root = spans[0];
        Assert.Equal("", root.Parent);
        Assert.All(spans[1..], span => Assert.Equal((root.Trace, root.Id), (span.Trace, span.Parent)));
        Assert.All(spans, span => Assert.InRange(span.Ended, span.Began, root.Ended));
        for (int i = 2; i < spans.Count; i++) { Assert.True(spans[i].Began >= spans[i - 1].Ended, $"{spans[i].Name} begins before {spans[i - 1].Name} ends"); }
        Assert.Equal((session, "acme", "ann", "ok", "127.0.0.1"), (root.Attributes["session.id"], root.Attributes["moshbroker.tenant"], root.Attributes["user.name"], root.Attributes["moshbroker.bootstrap.result"], root.Attributes["client.address"]));
        Assert.False(root.IsError);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task A_refusal_is_a_trace_that_ends_with_its_reason()
    {
        await door.OpenAsync(door.Ann, "'nowhere-else'");
        await Eventually.TrueAsync(
            () => door.Collector.Spans.Any(span => span is { Name: "bootstrap", IsError: true } && span.Attributes.GetValueOrDefault("error.type") == "policy_denied"), "the trace was sent", Long, () => door.Broker.Log);
    }

    [Fact]
    public async Task What_is_exported_is_what_is_scraped()
    {
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "shell");
        await terminal.WaitForTextAsync("p1>", Long);
        await terminal.TypeAsync("echo $((6*7))\r");
        await terminal.WaitForTextAsync("42", Long);

        // An export between two scrapes: what only grows is between them, and what differs in neither is the same in it.
        Dictionary<string, double> first = Sorted(await door.Broker.MetricsAsync());
        int exports = door.Collector.Metrics.Exports;
        await Eventually.TrueAsync(() => door.Collector.Metrics.Exports >= exports + 2, "metrics were sent", Long, () => door.Broker.Log);
        Dictionary<string, double> exported = Sorted(door.Collector.Metrics.Points);
        Dictionary<string, double> second = Sorted(await door.Broker.MetricsAsync());
        List<string> own = [.. second.Keys.Where(series => series.StartsWith("moshbroker_", StringComparison.Ordinal))];

        int compared = 0;
        List<string> wrong = [];
        foreach (string series in own)
        {
            if (!exported.TryGetValue(series, out double value))
            {
                // A histogram that saw nothing has no point in OTLP.
                if (second[series] != 0) { wrong.Add($"{series} {second[series]} is not exported"); }
                continue;
            }

            compared++;
            bool grows = first[series] <= second[series];
            double slack = Math.Abs(second[series]) * 1e-6;
            if (grows && (value < first[series] - slack || value > second[series] + slack)) { wrong.Add($"{series}: scraped {first[series]} … {second[series]}, exported {value}"); }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(compared, 200, 100_000);
        Assert.Empty(exported.Keys.Except(own, StringComparer.Ordinal));
        Assert.True(exported["moshbroker_terminal_bytes_total{direction=\"host\"}"] > 0);
        Assert.True(exported["moshbroker_echo_latency_seconds_count{backend=\"pty\",tenant=\"acme\"}"] > 0);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    /// <summary>The order of labels means nothing, and OpenTelemetry has its own.</summary>
    private static Dictionary<string, double> Sorted(IReadOnlyDictionary<string, double> series) => series.ToDictionary(
        pair => pair.Key.Contains('{', StringComparison.Ordinal) ? $"{pair.Key[..pair.Key.IndexOf('{', StringComparison.Ordinal)]}{{{string.Join(',', pair.Key[(pair.Key.IndexOf('{', StringComparison.Ordinal) + 1)..^1].Split(',').Order(StringComparer.Ordinal))}}}" : pair.Key,
        pair => pair.Value,
        StringComparer.Ordinal);

    [Fact]
    public async Task Log_records_have_everybodys_names_for_sessions_and_addresses_and_the_broker_says_who_it_is()
    {
        await using TmuxTerminal terminal = await door.MoshAsync(door.Ann, "shell");
        await terminal.WaitForTextAsync("p1>", Long);
        string session = await door.NewestAsync();
        await Eventually.TrueAsync(
            () => door.Collector.Logs.Any(record => record.Attributes.GetValueOrDefault("session.id") == session && record.Attributes.GetValueOrDefault("client.address")?.StartsWith("127.0.0.1:", StringComparison.Ordinal) == true),
            "the client's coming was sent", Long, () => string.Join('\n', door.Collector.Logs));
        Assert.Equal("moshbroker", door.Collector.Resource["service.name"]);
        Assert.NotEmpty(door.Collector.Resource["service.version"]);
        Assert.Equal(Environment.MachineName, door.Collector.Resource["service.instance.id"]);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    [Fact]
    public async Task Nothing_secret_and_nobodys_address_is_in_what_is_measured()
    {
        CommandResult opened = await door.OpenAsync(door.Ann, "'shell'");
        string key = opened.Output.Split("MOSH CONNECT ")[1].Split(' ')[1].Trim();
        int exports = door.Collector.Metrics.Exports;
        await Eventually.TrueAsync(() => door.Collector.Metrics.Exports >= exports + 2, "metrics were sent", Long);
        string all = string.Join('\n', door.Collector.Spans.SelectMany(span => span.Attributes).Concat(door.Collector.Logs.SelectMany(record => record.Attributes.Append(new("", record.Body)))));
        Assert.DoesNotContain(key, all, StringComparison.Ordinal);
        string metrics = string.Join('\n', door.Collector.Metrics.Points.Keys);
        Assert.DoesNotContain(key, metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("ann", metrics.Replace("handed", "", StringComparison.Ordinal), StringComparison.Ordinal);
        await door.CloseAllAsync();
        Assert.Equal(22, key.Length);
    }
}
