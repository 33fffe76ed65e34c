using System.Diagnostics.Metrics;

namespace MoshBroker.Telemetry;

/// <summary>All metrics of the node: defined once, read as text by Prometheus, and through one meter by any other exporter.</summary>
internal sealed class MetricRegistry : IDisposable
{
    public const string MeterName = "MoshBroker";

    // An exporter asks instrument by instrument; what is walked for one answers for all that it asks in the same breath.
    private const long FreshMs = 500;

    private readonly Lock _lock = new();
    private readonly Meter _meter = new(MeterName);
    private readonly List<MetricFamily> _families = [];
    private readonly List<Action> _collectors = [];
    private long _collectedAt = long.MinValue / 2;

    public TenantTable Tenants { get; } = new();

    public IReadOnlyList<MetricFamily> Families => _families;

    public CounterFamily Counter(MetricDefinition definition) => Add(new CounterFamily(definition, tenants: null));

    public CounterFamily CounterByTenant(MetricDefinition definition, int perUnit = 1) => Add(new CounterFamily(definition, Tenants, perUnit));

    public GaugeFamily Gauge(MetricDefinition definition) => Add(new GaugeFamily(definition, tenants: null));

    public GaugeFamily GaugeByTenant(MetricDefinition definition) => Add(new GaugeFamily(definition, Tenants));

    public HistogramFamily Histogram(MetricDefinition definition, params double[] bounds) => Add(new HistogramFamily(definition, bounds, tenants: null));

    public HistogramFamily HistogramByTenant(MetricDefinition definition, params double[] bounds) => Add(new HistogramFamily(definition, bounds, Tenants));

    /// <summary>Called before metrics are read, to set what is not counted as it happens; one call at a time, from any thread.</summary>
    public void OnCollect(Action collector)
    {
        lock (_lock) { _collectors.Add(collector); }
    }

    /// <summary>Brings everything up to date.</summary>
    public void Collect()
    {
        lock (_lock)
        {
            foreach (Action collector in _collectors) { collector(); }
            _collectedAt = Environment.TickCount64;
        }
    }

    public void WriteTo(MetricsText text)
    {
        Collect();
        foreach (MetricFamily family in _families) { text.Family(family); }
    }

    public void Dispose() => _meter.Dispose();

    private T Add<T>(T family)
        where T : MetricFamily
    {
        _families.Add(family);
        family.Register(_meter, CollectIfStale);
        return family;
    }

    private void CollectIfStale()
    {
        lock (_lock)
        {
            if (Environment.TickCount64 - _collectedAt >= FreshMs) { Collect(); }
        }
    }
}
