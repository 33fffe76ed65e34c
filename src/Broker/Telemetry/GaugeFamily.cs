using System.Diagnostics.Metrics;

namespace MoshBroker.Telemetry;

/// <summary>Values as they are now, set before they are read.</summary>
internal sealed class GaugeFamily(MetricDefinition definition, TenantTable? tenants) : MetricFamily(MetricKind.Gauge, definition, tenants)
{
    private readonly SeriesTable<double> _values = new(definition.Labels.Aggregate(1, static (product, label) => product * label.Values.Count), static () => 0);

    public void Set(double value, int slot = 0, int tenant = 0) => Volatile.Write(ref _values.At(tenant, slot), value);

    public double Read(int slot = 0, int tenant = 0) => Volatile.Read(ref _values.At(tenant, slot));

    public override void Write(MetricsText text)
    {
        for (int tenant = 0; tenant < Tenants; tenant++)
        {
            for (int slot = 0; slot < Slots; slot++) { text.Sample(PrometheusName, "", LabelsOf(tenant, slot), Read(slot, tenant)); }
        }
    }

    public override void Register(Meter meter, Action collect) => meter.CreateObservableGauge(
        Definition.Name,
        () =>
        {
            collect();
            return
                from tenant in Enumerable.Range(0, Tenants)
                from slot in Enumerable.Range(0, Slots)
                select new Measurement<double>(Read(slot, tenant), TagsOf(tenant, slot));
        },
        Definition.Unit,
        Definition.Help);
}
