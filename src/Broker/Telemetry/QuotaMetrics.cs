namespace MoshBroker.Telemetry;

/// <summary>How much tenants use of what policy gives them, and how long they were held back.</summary>
internal sealed class QuotaMetrics(MetricRegistry registry)
{
    private static readonly MetricLabel Resource = MetricLabel.Of<QuotaResource>("resource");

    private readonly GaugeFamily _used = registry.GaugeByTenant(new(
        "moshbroker.tenant.quota_used", "1", "Of the tenant's sessions, and of its busiest session's allowance of processor and bandwidth, the share in use; 0 without a limit.", Resource));

    private readonly CounterFamily _throttled = registry.CounterByTenant(
        new("moshbroker.tenant.throttled", "s", "Time for which sessions were held back by their own limits, all added up.", Resource), perUnit: 1000);

    public void Throttled(int tenant, QuotaResource resource, long milliseconds) => _throttled.Add(milliseconds, (int)resource, tenant);

    public void SetLive(LiveCounts live, int tenants)
    {
        for (int tenant = 0; tenant < tenants; tenant++)
        {
            for (int resource = 0; resource < _used.Slots; resource++) { _used.Set(live.QuotaUsed(tenant, (QuotaResource)resource), resource, tenant); }
        }
    }
}
