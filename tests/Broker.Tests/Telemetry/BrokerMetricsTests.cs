using System.Text;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Telemetry;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Telemetry;

public sealed class BrokerMetricsTests : IDisposable
{
    private readonly BrokerMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Every_series_is_there_at_0_before_anything_happened()
    {
        List<ScrapedSeries> all = Scrape();
        Assert.All(all.Where(series => series.Name != "moshbroker_build_info"), series => Assert.Equal(0, series.Value));
        Assert.Equal(19, all.Count(series => series.Name == "moshbroker_sessions_ended_total"));
        Assert.Equal(13, all.Count(series => series.Name == "moshbroker_datagrams_dropped_total"));
        Assert.Equal(7, all.Count(series => series.Name == "moshbroker_sessions" && series.Labels["tenant"] == "drop-in"));
        Assert.Equal(10 + 1, all.Count(series => series.Name == "moshbroker_rtt_seconds_bucket"));
    }

    [Fact]
    public void No_label_and_no_value_is_outside_the_catalogue()
    {
        List<ScrapedSeries> all = Scrape();
        Assert.All(all, series => Assert.StartsWith("moshbroker_", series.Name, StringComparison.Ordinal));
        Assert.Empty(all.SelectMany(Catalogue.Strangers));
    }

    [Theory]
    [InlineData("moshbroker_datagrams_dropped_total{reason=\"quota\"} 1")]
    [InlineData("moshbroker_sessions{tenant=\"t\",state=\"attached\",user=\"ann\"} 1")]
    [InlineData("moshbroker_roams_total{tenant=\"t\",kind=\"old\"} 1")]
    public void A_value_of_another_metric_s_label_is_a_stranger(string line) =>
        Assert.Single(ScrapedSeries.Parse(line).SelectMany(Catalogue.Strangers));

    [Fact]
    public void The_51st_tenant_and_all_after_it_share_a_name_and_are_counted()
    {
        for (int i = 1; i <= 60; i++) { _metrics.SessionStarted(_metrics.Tenant($"t{i}"), BackendKind.Pty); }
        Assert.Equal(_metrics.Tenant("t55"), _metrics.Tenant("t60"));
        List<ScrapedSeries> all = Scrape();
        List<ScrapedSeries> started = all.FindAll(series => series is { Name: "moshbroker_sessions_started_total" } && series.Labels["backend"] == "pty");
        Assert.Equal(TenantTable.Limit + 1, started.Count); // "drop-in" is one of the named.
        Assert.Equal(11, started.Single(series => series.Labels["tenant"] == TenantTable.Other).Value);
        Assert.Equal(13, all.Single(series => series.Name == "moshbroker_label_overflow_total").Value);
        Assert.InRange(all.Count, 1, 6500);
    }

    [Fact]
    public void A_tenant_s_name_cannot_break_out_of_its_quotes()
    {
        _metrics.Tenant("a\"b\\c\nd");
        Assert.Contains(Scrape(), series => series.Labels.GetValueOrDefault("tenant") == "a\\\"b\\\\c\\nd");
    }

    [Fact]
    public void A_histogram_counts_upwards_and_ends_with_all()
    {
        foreach (double milliseconds in (double[])[3, 5, 30, 9000]) { _metrics.RoundTrip(0, milliseconds, "00000001"); }
        List<ScrapedSeries> rtt = Scrape().FindAll(series => series.Name.StartsWith("moshbroker_rtt_seconds", StringComparison.Ordinal));
        Assert.Equal([2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 4], rtt.Where(series => series.Name.EndsWith("_bucket", StringComparison.Ordinal)).Select(series => (int)series.Value));
        Assert.Equal(["0.005", "5.0", "+Inf"], new[] { 0, 9, 10 }.Select(bucket => rtt[bucket].Labels["le"]));
        Assert.Equal(9.038, rtt.Single(series => series.Name.EndsWith("_sum", StringComparison.Ordinal)).Value, 6);
        Assert.Equal(4, rtt.Single(series => series.Name.EndsWith("_count", StringComparison.Ordinal)).Value);
    }

    [Fact]
    public void OpenMetrics_names_units_ends_and_shows_whose_a_slow_echo_was()
    {
        _metrics.Echoed(0, BackendKind.Pty, 700, "cafe0001");
        string page = Page(isOpenMetrics: true);
        Assert.EndsWith("# EOF\n", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE moshbroker_echo_latency_seconds histogram\n# UNIT moshbroker_echo_latency_seconds seconds\n", page, StringComparison.Ordinal);
        Assert.Contains("# TYPE moshbroker_datagrams counter\n", page, StringComparison.Ordinal);
        Assert.Matches("""moshbroker_echo_latency_seconds_bucket\{tenant="drop-in",backend="pty",le="1.0"\} 1 # \{session_id="cafe0001"\} 0.7 \d+\.?\d*\n""", page);
        string plain = Page(isOpenMetrics: false);
        Assert.Contains("# TYPE moshbroker_datagrams_total counter\n", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("cafe0001", plain, StringComparison.Ordinal);
        Assert.DoesNotContain("# UNIT", plain, StringComparison.Ordinal);
    }

    [Fact]
    public void Counting_allocates_nothing()
    {
        void Once()
        {
            _metrics.Received(isIPv4: true, 100);
            _metrics.Dropped(DropReason.AuthFailed);
            _metrics.RoundTrip(0, 12, "00000001");
            _metrics.Echoed(0, BackendKind.Pty, 3, "00000001");
            _metrics.MailboxWaited(ActorKind.Session, TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++) { Once(); }
        }));
    }

    internal static List<ScrapedSeries> Scrape(BrokerMetrics metrics) => ScrapedSeries.Parse(Page(metrics, isOpenMetrics: false));

    private static string Page(BrokerMetrics metrics, bool isOpenMetrics)
    {
        MetricsText text = new(isOpenMetrics);
        metrics.Registry.WriteTo(text);
        text.End();
        return Encoding.UTF8.GetString(text.Written.Span);
    }

    private List<ScrapedSeries> Scrape() => Scrape(_metrics);

    private string Page(bool isOpenMetrics) => Page(_metrics, isOpenMetrics);
}
