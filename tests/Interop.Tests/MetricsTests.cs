using System.Net;
using MoshBroker.Broker.Tests.Telemetry;
using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>What the broker measures of stock clients on a bad network, as Debian's Prometheus sees it.</summary>
[Collection(InteropGroup.Name)]
public sealed class MetricsTests : IAsyncLifetime
{
    private const int ReorderWindow = 64;
    private const ulong Datagrams = 3 * ReorderWindow;

    private readonly SessionHome _home = new();
    private readonly int _port = FreeTcpPorts.One();
    private string _seen = "";
    private RunningBroker _broker = null!;
    private PrometheusServer _prometheus = null!;

    public async Task InitializeAsync()
    {
        _broker = await RunningBroker.StartAsync(null, null, "--metrics", $"127.0.0.1:{_port}", "--session-metrics", "50");
        _prometheus = await PrometheusServer.StartAsync(_port, "/metrics", "/metrics/sessions");
    }

    public async Task DisposeAsync()
    {
        await _prometheus.DisposeAsync();
        await _broker.DisposeAsync();
        _home.Dispose();
    }

    [Fact]
    public async Task Loss_delay_and_a_roam_are_in_prometheus_as_the_network_made_them()
    {
        OpenedSession session = await _broker.OpenAsync(_home.Environment, SessionHome.Bash);
        using ImpairmentRelay relay = new(session.On(IPAddress.Loopback), new Impairment { LossToServer = 0.2, Delay = TimeSpan.FromMilliseconds(60), Seed = 42 });
        await using TmuxTerminal terminal = await MoshTerminal.ClientAsync(session, relay, _home);
        await terminal.WaitForTextAsync("p1>", TimeSpan.FromSeconds(30));
        // Until so much was sent that what was lost early is out of the reorder window.
        for (int i = 1; i <= 20 || Newest(relay) < Datagrams; i++)
        {
            await terminal.TypeAsync($"echo $((1000 + {i}))-{i}\r");
            await terminal.WaitForTextAsync($"{1000 + i}-{i}", TimeSpan.FromSeconds(30));
            if (i == 10) { relay.Rebind(IPAddress.Parse("127.0.0.2")); }
        }

        await EqualsAsync("sum(moshbroker_sessions{state=\"attached\"})", 1);
        await EqualsAsync("sum(moshbroker_session_roams_total)", 1);
        await EqualsAsync("sum(moshbroker_roams_total{kind=\"same_prefix\"})", 1);
        await EqualsAsync("sum(moshbroker_roams_total)", 1);
        Assert.InRange(await ValueAsync("sum(moshbroker_rtt_seconds_sum) / sum(moshbroker_rtt_seconds_count)"), 0.115, 0.6);
        Assert.InRange(await ValueAsync("sum(moshbroker_echo_latency_seconds_count)"), 10, 10_000);
        Assert.Contains($"\"session_id\":\"{session.Id}\"", await _prometheus.ExemplarsAsync("moshbroker_rtt_seconds_bucket"), StringComparison.Ordinal);
        Assert.InRange(await ValueAsync("sum(moshbroker_session_uplink_loss_ratio)"), 0.02, 0.5);

        ulong before = Newest(relay);
        await terminal.TypeAsync("exit\r");
        await terminal.WaitForEndAsync(TimeSpan.FromSeconds(60));
        await EqualsAsync("sum(moshbroker_sessions_ended_total{reason=\"user_exit\"})", 1);
        await Eventually.TrueAsync(() => LossAgreesAsync(relay, before), "the broker counts what the relay lost", TimeSpan.FromSeconds(60), () => _seen);
        await EqualsAsync("moshbroker_unauthenticated_response_bytes_total", 0);
        await EqualsAsync("moshbroker_nonce_reuse_blocked_total", 0);
        Assert.Empty(relay.RepeatedNonces);
    }

    [Fact]
    public async Task Promtool_finds_nothing_on_either_page_of_a_loaded_broker()
    {
        List<TmuxTerminal> terminals = [];
        try
        {
            for (int i = 0; i < 3; i++)
            {
                OpenedSession session = await _broker.OpenAsync(_home.Environment, ["/bin/sh", "-c", "while :; do date; sleep 0.1; done"]);
                terminals.Add(await MoshTerminal.ClientAsync(session, _home));
            }

            await EqualsAsync("sum(moshbroker_sessions{state=\"attached\"})", 3);
            await EqualsAsync("count(moshbroker_session_info)", 3);
            using HttpClient client = new();
            List<ScrapedSeries> page = ScrapedSeries.Parse(await client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/metrics")));
            Assert.Empty(page.Where(series => series.Name.StartsWith("moshbroker_", StringComparison.Ordinal)).SelectMany(Catalogue.Strangers));
            foreach (string path in (string[])["/metrics", "/metrics/sessions"])
            {
                CommandResult linted = await Command.RunAsync(
                    ["/bin/sh", "-c", $"python3 -c \"import urllib.request,sys; sys.stdout.buffer.write(urllib.request.urlopen('http://127.0.0.1:{_port}{path}').read())\" | promtool check metrics"], SessionHome.Inherited());
                Assert.Equal((0, "", ""), (linted.ExitCode, linted.Output.Trim(), linted.Error.Trim()));
            }
        }
        finally
        {
            foreach (TmuxTerminal terminal in terminals) { await terminal.DisposeAsync(); }
        }
    }

    /// <summary>What the broker says was lost is what the relay lost of the numbers that the broker knows of, but for those at the end that may still be on their way.</summary>
    /// <remarks>The broker hears the last ones of a session or not, as its end comes sooner or later: how far it heard, it says itself.</remarks>
    private async Task<bool> LossAgreesAsync(ImpairmentRelay relay, ulong atLeastHeard)
    {
        double? expected = await _prometheus.QueryAsync("sum(moshbroker_uplink_expected_datagrams_total)");
        double? lost = await _prometheus.QueryAsync("sum(moshbroker_uplink_lost_datagrams_total) + sum(moshbroker_uplink_outage_datagrams_total)");
        List<RelayedDatagram> up = [.. relay.Captured.Where(datagram => datagram is { ToServer: true, Lost: true })];
        ulong heard = (ulong)(expected ?? 1) - 1;
        int atMost = up.Count(datagram => datagram.Nonce < heard);
        int atLeast = up.Count(datagram => datagram.Nonce + ReorderWindow <= heard);
        _seen = $"{expected} expected, {lost} lost; the relay: {atLeast} to {atMost} lost, {atLeastHeard} to {Newest(relay)} heard";
        return atLeast >= 5 && lost >= atLeast && lost <= atMost && heard >= atLeastHeard && heard <= Newest(relay);
    }

    /// <summary>The highest number of a datagram that reached the broker.</summary>
    private static ulong Newest(ImpairmentRelay relay) => relay.Captured.Where(datagram => datagram is { ToServer: true, Lost: false }).Max(datagram => datagram.Nonce);

    private Task EqualsAsync(string expression, double value)
    {
        double? seen = null;
        return Eventually.TrueAsync(
            async () => (seen = await _prometheus.QueryAsync(expression)) == value, $"{expression} is {value}", TimeSpan.FromSeconds(30), () => $"it is {seen}");
    }

    private async Task<double> ValueAsync(string expression)
    {
        double? value = null;
        await Eventually.TrueAsync(async () => (value = await _prometheus.QueryAsync(expression)) is { } some && !double.IsNaN(some), $"{expression} has a value", TimeSpan.FromSeconds(30));
        return value!.Value;
    }
}
