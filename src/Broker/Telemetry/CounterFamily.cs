using System.Diagnostics.Metrics;

namespace MoshBroker.Telemetry;

/// <summary>Counts. From any thread; nothing is allocated.</summary>
internal sealed class CounterFamily(MetricDefinition definition, TenantTable? tenants) : MetricFamily(MetricKind.Counter, definition, tenants)
{
    private readonly SeriesTable<long> _counts = new(definition.Labels.Aggregate(1, static (product, label) => product * label.Values.Count), static () => 0);

    public void Add(long count = 1, int slot = 0, int tenant = 0)
    {
        if (count != 0) { Interlocked.Add(ref _counts.At(tenant, slot), count); }
    }

    /// <summary>Takes over a count that is kept elsewhere; a lower one than before is ignored.</summary>
    public void RaiseTo(long count, int slot = 0, int tenant = 0)
    {
        ref long at = ref _counts.At(tenant, slot);
        long seen = Volatile.Read(ref at);
        while (count > seen)
        {
            long before = Interlocked.CompareExchange(ref at, count, seen);
            if (before == seen) { return; }
            seen = before;
        }
    }

    public long Read(int slot = 0, int tenant = 0) => Volatile.Read(ref _counts.At(tenant, slot));

    public override void Write(MetricsText text)
    {
        for (int tenant = 0; tenant < Tenants; tenant++)
        {
            for (int slot = 0; slot < Slots; slot++) { text.Sample(PrometheusName, "_total", LabelsOf(tenant, slot), Read(slot, tenant)); }
        }
    }

    public override void Register(Meter meter, Action collect) => meter.CreateObservableCounter(
        Definition.Name,
        () =>
        {
            collect();
            return
                from tenant in Enumerable.Range(0, Tenants)
                from slot in Enumerable.Range(0, Slots)
                select new Measurement<long>(Read(slot, tenant), TagsOf(tenant, slot));
        },
        Definition.Unit,
        Definition.Help);
}
