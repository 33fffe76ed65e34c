using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Telemetry;

public sealed class QuotaMetricsTests : IDisposable
{
    private readonly BrokerMetrics _metrics = new();

    public void Dispose() => _metrics.Dispose();

    [Fact]
    public void Time_is_counted_in_milliseconds_and_told_in_seconds()
    {
        for (int i = 0; i < 3; i++) { _metrics.Quotas.Throttled(0, QuotaResource.Bandwidth, 250); }
        Assert.Equal(0.75, Value("moshbroker_tenant_throttled_seconds_total", "bandwidth"));
        Assert.Equal(0, Value("moshbroker_tenant_throttled_seconds_total", "cpu"));
    }

    [Fact]
    public void Of_several_users_of_a_limit_the_nearest_to_it_counts()
    {
        LiveCounts live = new();
        foreach (double share in (double[])[0.2, 0.9, 0.4]) { live.UseQuota(0, QuotaResource.Cpu, share); }
        live.UseQuota(0, QuotaResource.Sessions, 7);
        _metrics.SetLive(live);
        Assert.Equal(0.9, Value("moshbroker_tenant_quota_used_ratio", "cpu"));
        Assert.Equal(1, Value("moshbroker_tenant_quota_used_ratio", "sessions"));
    }

    private double Value(string name, string resource) =>
        BrokerMetricsTests.Scrape(_metrics).Single(series => series.Name == name && series.Labels["resource"] == resource).Value;
}
