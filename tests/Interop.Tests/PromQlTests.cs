using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>What is shipped for Prometheus and Grafana, asked of Debian's Prometheus while it scrapes a broker that stock clients use.</summary>
[Collection(InteropGroup.Name)]
public sealed partial class PromQlTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);

    private readonly SessionHome _home = new();
    private readonly int _port = FreeTcpPorts.One();
    private RunningBroker _broker = null!;
    private PrometheusServer _prometheus = null!;

    public async Task InitializeAsync()
    {
        _broker = await RunningBroker.StartAsync(null, null, "--metrics", $"127.0.0.1:{_port}");
        _prometheus = await PrometheusServer.StartAsync(_port, Repository.Path("grafana", "prometheus", "moshbroker.rules.yml"), ["/metrics"]);
    }

    public async Task DisposeAsync()
    {
        await _prometheus.DisposeAsync();
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Every_expression_of_every_panel_and_rule_parses_and_has_data_or_a_stated_reason_to_have_none()
    {
        OpenedSession session = await _broker.OpenAsync(_home.Environment, SessionHome.Bash);
        using ImpairmentRelay relay = new(session.On(IPAddress.Loopback), new Impairment { Delay = TimeSpan.FromMilliseconds(5) });
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>", Long);
        await TypeAsync(terminal, 1);
        relay.Rebind(IPAddress.Parse("127.0.0.2"));
        await TypeAsync(terminal, 2);
        // A client that was away and came back.
        relay.Pause();
        await Eventually.TrueAsync(async () => await _prometheus.QueryAsync("sum(moshbroker_sessions{state=\"silent\"})") == 1, "the client is away", Long);
        relay.Resume();
        await Eventually.TrueAsync(async () => await _prometheus.QueryAsync("sum(moshbroker_client_gap_seconds_count)") == 1, "the client is back", Long);
        await TypeAsync(terminal, 3);

        List<(string Where, string Expression)> all = [.. Dashboards.Expressions(), .. await _prometheus.RulesAsync()];
        Assert.InRange(all.Count, 33 + 50, 200);
        StringBuilder wrong = new();
        HashSet<string> silent = [];
        // Rates of a minute may need a second scrape of what happened last.
        await Eventually.TrueAsync(
            async () =>
            {
                wrong.Clear();
                silent.Clear();
                foreach ((string where, string expression) in all)
                {
                    (_, string? error) = await _prometheus.AskAsync(expression);
                    (IReadOnlyList<double> values, _) = await _prometheus.AskAsync(Comparison().Replace(expression, " $1 bool "));
                    if (error is not null) { wrong.AppendLine($"{where}: {error}: {expression}"); }
                    if (values.Any(value => !double.IsNaN(value))) { continue; }
                    silent.Add(where);
                    if (!QuietExpressions.Reasons.ContainsKey(where)) { wrong.AppendLine($"{where} has no data: {expression}"); }
                }

                return wrong.Length == 0;
            },
            "every expression has data", Long, wrong.ToString);
        Assert.Empty(QuietExpressions.Reasons.Where(entry => entry.Value != QuietExpressions.NotBuilt).Select(entry => entry.Key).Except(silent, StringComparer.Ordinal));
        Assert.Empty(QuietExpressions.Reasons.Keys.Except(all.Select(one => one.Where), StringComparer.Ordinal));
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(Long);
    }

    private static async Task TypeAsync(TmuxTerminal terminal, int round)
    {
        for (int i = 1; i <= 5; i++)
        {
            await terminal.TypeAsync($"echo $(({round} * 1000 + {i}))-{i}\r");
            await terminal.WaitForTextAsync($"{(round * 1000) + i}-{i}", Long);
        }
    }

    /// <summary>An alert's expression has data only while it fires; with its comparisons as numbers it has data as soon as there is something to compare.</summary>
    [GeneratedRegex(" (>|<|==|>=|<=|!=) ")]
    private static partial Regex Comparison();
}
