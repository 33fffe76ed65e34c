using System.Diagnostics.Metrics;

namespace MoshBroker.Telemetry;

/// <summary>Counts. From any thread; nothing is allocated.</summary>
/// <param name="perUnit">What is counted is so many times finer than the metric's unit: milliseconds for seconds.</param>
internal sealed class CounterFamily(MetricDefinition definition, TenantTable? tenants, int perUnit = 1) : MetricFamily(MetricKind.Counter, definition, tenants)
{
    private readonly SeriesTable<long> _counts = new(definition.Labels.Aggregate(1, static (product, label) => product * label.Values.Count), static () => 0);

    public void Add(long count = 1, int slot = 0, int tenant = 0)
    {
        if (count != 0 && Measures.AreOn) { Interlocked.Add(ref _counts.At(tenant, slot), count); }
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
            for (int slot = 0; slot < Slots; slot++) { text.Sample(PrometheusName, "_total", LabelsOf(tenant, slot), Read(slot, tenant) / (double)perUnit); }
        }
    }

    public override void Register(Meter meter, Action collect)
    {
        if (perUnit == 1) { meter.CreateObservableCounter(Definition.Name, () => Measure(collect, static count => count), Definition.Unit, Definition.Help); }
        else { meter.CreateObservableCounter(Definition.Name, () => Measure(collect, count => count / (double)perUnit), Definition.Unit, Definition.Help); }
    }

    private IEnumerable<Measurement<T>> Measure<T>(Action collect, Func<long, T> convert)
        where T : struct
    {
        collect();
        for (int tenant = 0; tenant < Tenants; tenant++)
        {
            for (int slot = 0; slot < Slots; slot++) { yield return new Measurement<T>(convert(Read(slot, tenant)), TagsOf(tenant, slot)); }
        }
    }
}
