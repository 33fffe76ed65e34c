using System.Diagnostics.Metrics;

namespace MoshBroker.Telemetry;

/// <summary>A metric with all its series: one for each combination of label values, and for each tenant if it is by tenant. All stand at 0 from the start.</summary>
/// <remarks>A series is addressed by its tenant's number and its slot: the place of its label values, the last label counting fastest.</remarks>
internal abstract class MetricFamily
{
    private readonly TenantTable? _tenants;
    private readonly string[] _labelTexts;

    protected MetricFamily(MetricKind kind, MetricDefinition definition, TenantTable? tenants)
    {
        Kind = kind;
        Definition = definition;
        _tenants = tenants;
        Slots = definition.Labels.Aggregate(1, static (product, label) => product * label.Values.Count);
        _labelTexts = [.. Enumerable.Range(0, Slots).Select(slot => string.Join(',', ValuesOf(slot).Select(pair => $"{pair.Label}=\"{pair.Value}\"")))];
        PrometheusName = MetricNames.ToPrometheus(kind, definition.Name, definition.Unit);
    }

    public MetricKind Kind { get; }

    public MetricDefinition Definition { get; }

    /// <summary>As in the text formats, without a counter's <c>_total</c>.</summary>
    public string PrometheusName { get; }

    /// <summary>Series of one tenant.</summary>
    public int Slots { get; }

    public bool IsByTenant => _tenants is not null;

    /// <summary>How many tenants there are; 1 when the metric is not by tenant.</summary>
    public int Tenants => _tenants?.Names.Count ?? 1;

    /// <summary>Appends the samples of all series.</summary>
    public abstract void Write(MetricsText text);

    /// <summary>Makes the instrument by which other exporters see the same numbers.</summary>
    public abstract void Register(Meter meter, Action collect);

    /// <summary>A series' labels as they stand between the braces.</summary>
    protected string LabelsOf(int tenant, int slot)
    {
        if (_tenants is null) { return _labelTexts[slot]; }
        string name = MetricNames.Escape(_tenants.Names[tenant]);
        return _labelTexts[slot].Length == 0 ? $"{MetricLabel.Tenant}=\"{name}\"" : $"{MetricLabel.Tenant}=\"{name}\",{_labelTexts[slot]}";
    }

    protected KeyValuePair<string, object?>[] TagsOf(int tenant, int slot)
    {
        IEnumerable<KeyValuePair<string, object?>> tags = ValuesOf(slot).Select(pair => new KeyValuePair<string, object?>(pair.Label, pair.Value));
        return _tenants is null ? [.. tags] : [new(MetricLabel.Tenant, _tenants.Names[tenant]), .. tags];
    }

    private List<(string Label, string Value)> ValuesOf(int slot)
    {
        List<(string, string)> values = [];
        foreach (MetricLabel label in Definition.Labels.Reverse())
        {
            values.Insert(0, (label.Name, label.Values[slot % label.Values.Count]));
            slot /= label.Values.Count;
        }

        return values;
    }
}
