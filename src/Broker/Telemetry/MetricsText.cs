using System.Buffers;
using System.Globalization;
using System.Text;

namespace MoshBroker.Telemetry;

/// <summary>Writes Prometheus' text format 0.0.4, or OpenMetrics 1.0.0.</summary>
internal sealed class MetricsText(bool isOpenMetrics)
{
    public const string PlainType = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private readonly ArrayBufferWriter<byte> _text = new(64 * 1024);

    public string ContentType => isOpenMetrics ? OpenMetricsType : PlainType;

    public bool TakesExemplars => isOpenMetrics;

    public ReadOnlyMemory<byte> Written => _text.WrittenMemory;

    /// <summary>An upper bound as the value of <c>le</c>: the same text in both formats, or a change of format would change the series.</summary>
    public static string Bound(double bound) => bound.ToString("0.0########", CultureInfo.InvariantCulture);

    /// <summary>What precedes a metric's samples.</summary>
    public void Head(MetricKind kind, string name, string unit, string help)
    {
        // In OpenMetrics a counter's name is without its suffix, in the older format it is the samples' own.
        string head = kind == MetricKind.Counter && !isOpenMetrics ? name + "_total" : name;
        Append($"# HELP {head} {help.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal)}\n");
        Append($"# TYPE {head} {KindWord(kind)}\n");
        if (isOpenMetrics && MetricNames.UnitWord(kind, unit) is { } word) { Append($"# UNIT {head} {word}\n"); }
    }

    public void Family(MetricFamily family)
    {
        Head(family.Kind, family.PrometheusName, family.Definition.Unit, family.Definition.Help);
        family.Write(this);
    }

    public void Sample(string name, string suffix, string labels, double value, HistogramSeries.Exemplar? exemplar = null)
    {
        Append(name);
        Append(suffix);
        if (labels.Length > 0)
        {
            Append("{");
            Append(labels);
            Append("}");
        }

        Append(" ");
        Append(value);
        if (exemplar is { } example)
        {
            Append($" # {{session_id=\"{example.Session}\"}} ");
            Append(example.Value);
            Append(" ");
            Append(example.UnixMs / 1000.0);
        }

        Append("\n");
    }

    /// <summary>After the last metric.</summary>
    public void End()
    {
        if (isOpenMetrics) { Append("# EOF\n"); }
    }

    private static string KindWord(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private void Append(double value)
    {
        Span<byte> to = _text.GetSpan(32);
        value.TryFormat(to, out int written, provider: CultureInfo.InvariantCulture);
        _text.Advance(written);
    }

    private void Append(string text)
    {
        Span<byte> to = _text.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        _text.Advance(Encoding.UTF8.GetBytes(text, to));
    }
}
