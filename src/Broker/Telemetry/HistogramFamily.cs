using System.Diagnostics.Metrics;

namespace MoshBroker.Telemetry;

/// <summary>Values in classic buckets. From any thread; nothing is allocated unless another exporter listens.</summary>
internal sealed class HistogramFamily : MetricFamily
{
    private readonly double[] _bounds;
    private readonly string[] _boundTexts;
    private readonly SeriesTable<HistogramSeries> _series;
    private readonly SeriesTable<KeyValuePair<string, object?>[]?> _tags;
    private Histogram<double>? _instrument;

    /// <param name="bounds">Upper bounds, ascending; one more bucket takes all above.</param>
    public HistogramFamily(MetricDefinition definition, double[] bounds, TenantTable? tenants)
        : base(MetricKind.Histogram, definition, tenants)
    {
        _bounds = bounds;
        _boundTexts = [.. bounds.Select(MetricsText.Bound), "+Inf"];
        _series = new SeriesTable<HistogramSeries>(Slots, () => new HistogramSeries(bounds.Length + 1));
        _tags = new SeriesTable<KeyValuePair<string, object?>[]?>(Slots, static () => null);
    }

    /// <param name="session">Whose value it is, for an exemplar; null for none.</param>
    public void Observe(double value, int slot = 0, int tenant = 0, string? session = null)
    {
        if (!Measures.AreOn) { return; }
        int bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket]) { bucket++; }
        HistogramSeries series = _series.At(tenant, slot);
        series.Add(bucket, value);
        if (session is not null) { series.Note(bucket, value, session, DateTimeOffset.UtcNow); }
        if (_instrument is { Enabled: true } instrument) { instrument.Record(value, _tags.At(tenant, slot) ??= TagsOf(tenant, slot)); }
    }

    /// <summary>Takes over counts that are kept elsewhere, of values that are near the bounds of their buckets.</summary>
    public void RaiseTo(ReadOnlySpan<long> counts)
    {
        HistogramSeries series = _series.At(0, 0);
        for (int bucket = 0; bucket < counts.Length; bucket++)
        {
            // Above the last bound is beyond every bucket, for whoever buckets by value.
            double value = bucket < _bounds.Length ? _bounds[bucket] : _bounds[^1] + 1;
            long more = Math.Max(0, counts[bucket] - series.Count(bucket));
            series.Add(bucket, value, more);
            for (; more > 0 && _instrument is { Enabled: true } instrument; more--) { instrument.Record(value); }
        }
    }

    /// <summary>How many values there were.</summary>
    public long Read(int slot = 0, int tenant = 0)
    {
        HistogramSeries series = _series.At(tenant, slot);
        return Enumerable.Range(0, _bounds.Length + 1).Sum(series.Count);
    }

    /// <summary>Adds the counts of the buckets, each for itself.</summary>
    public void AddTo(Span<long> counts, int slot = 0, int tenant = 0)
    {
        HistogramSeries series = _series.At(tenant, slot);
        for (int bucket = 0; bucket <= _bounds.Length; bucket++) { counts[bucket] += series.Count(bucket); }
    }

    public override void Write(MetricsText text)
    {
        for (int tenant = 0; tenant < Tenants; tenant++)
        {
            for (int slot = 0; slot < Slots; slot++) { Write(text, LabelsOf(tenant, slot), _series.At(tenant, slot)); }
        }
    }

    public override void Register(Meter meter, Action collect) => _instrument = meter.CreateHistogram(
        Definition.Name, Definition.Unit, Definition.Help, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = _bounds });

    private void Write(MetricsText text, string labels, HistogramSeries series)
    {
        string before = labels.Length == 0 ? "" : labels + ",";
        long total = 0;
        for (int bucket = 0; bucket < _boundTexts.Length; bucket++)
        {
            total += series.Count(bucket);
            HistogramSeries.Exemplar exemplar = default;
            bool hasExemplar = text.TakesExemplars && series.TryReadExemplar(bucket, out exemplar);
            text.Sample(PrometheusName, "_bucket", $"{before}le=\"{_boundTexts[bucket]}\"", total, hasExemplar ? exemplar : null);
        }

        text.Sample(PrometheusName, "_sum", labels, series.Sum);
        text.Sample(PrometheusName, "_count", labels, total);
    }
}
