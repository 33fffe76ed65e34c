using System.Globalization;
using System.Net;
using System.Text;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A collector that keeps what it is sent: OTLP as protobuf over HTTP, read by the field numbers of the published schema.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Lock _lock = new();
    private readonly List<OtlpSpan> _spans = [];
    private readonly List<OtlpLogRecord> _logs = [];
    private readonly Task _serving;
    private Dictionary<string, double> _metrics = [];
    private Dictionary<string, string> _resource = [];
    private int _metricExports;

    public OtlpReceiver()
    {
        Port = FreeTcpPorts.One();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public int Port { get; }

    /// <summary>Makes a broker send soon: words to put before its own.</summary>
    public static IReadOnlyList<string> Hurry { get; } =
        ["/usr/bin/env", "OTEL_METRIC_EXPORT_INTERVAL=500", "OTEL_BSP_SCHEDULE_DELAY=200", "OTEL_BLRP_SCHEDULE_DELAY=200"];

    /// <summary>What a broker is told by --otlp.</summary>
    public string Address => $"http://127.0.0.1:{Port.ToString(CultureInfo.InvariantCulture)}";

    public IReadOnlyList<OtlpSpan> Spans
    {
        get { lock (_lock) { return [.. _spans]; } }
    }

    public IReadOnlyList<OtlpLogRecord> Logs
    {
        get { lock (_lock) { return [.. _logs]; } }
    }

    /// <summary>Who sends.</summary>
    public IReadOnlyDictionary<string, string> Resource
    {
        get { lock (_lock) { return _resource; } }
    }

    /// <summary>The last export's points of the broker's own meter as a Prometheus of that data would call them, and how many exports there were.</summary>
    public (IReadOnlyDictionary<string, double> Points, int Exports) Metrics
    {
        get { lock (_lock) { return (_metrics, _metricExports); } }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body);
            ProtobufMessage message = new(body.ToArray());
            lock (_lock)
            {
                switch (context.Request.Url!.AbsolutePath)
                {
                    case "/v1/metrics": TakeMetrics(message); break;
                    case "/v1/traces": TakeSpans(message); break;
                    case "/v1/logs": TakeLogs(message); break;
                    default: context.Response.StatusCode = 404; break;
                }
            }

            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    private void TakeMetrics(ProtobufMessage request)
    {
        Dictionary<string, double> points = new(StringComparer.Ordinal);
        foreach (ProtobufMessage resource in request.Messages(1))
        {
            _resource = AttributesOf(resource.Messages(1).Single(), 1);
            foreach (ProtobufMessage metric in resource.Messages(2).Where(scope => scope.Messages(1).Single().Text(1) == "MoshBroker").SelectMany(scope => scope.Messages(2))) { TakeMetric(metric, points); }
        }

        if (points.Count == 0) { return; }
        _metrics = points;
        _metricExports++;
    }

    private static void TakeMetric(ProtobufMessage metric, Dictionary<string, double> points)
    {
        string name = metric.Text(1).Replace('.', '_');
        string unit = metric.Text(3) switch { "s" => "_seconds", "By" => "_bytes", "1" => "_ratio", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) { name += unit; }
        foreach (ProtobufMessage gauge in metric.Messages(5)) { TakeNumbers(name, gauge, points); }
        foreach (ProtobufMessage sum in metric.Messages(7))
        {
            Assert.Equal((2UL, 1UL), (sum.Number(2), sum.Number(3))); // Cumulative, monotonic.
            TakeNumbers(name + "_total", sum, points);
        }

        foreach (ProtobufMessage point in metric.Messages(9).SelectMany(histogram => histogram.Messages(1)))
        {
            Dictionary<string, string> labels = AttributesOf(point, 9);
            points[Series(name + "_count", labels)] = point.Number(4);
            points[Series(name + "_sum", labels)] = point.Double(5);
            double[] bounds = [.. point.Fixed64(7).Select(BitConverter.UInt64BitsToDouble), double.PositiveInfinity];
            ulong total = 0;
            foreach ((double bound, ulong count) in bounds.Zip(point.Fixed64(6)))
            {
                total += count;
                points[Series(name + "_bucket", labels, bound)] = total;
            }
        }
    }

    private static void TakeNumbers(string name, ProtobufMessage kind, Dictionary<string, double> points)
    {
        foreach (ProtobufMessage point in kind.Messages(1)) { points[Series(name, AttributesOf(point, 7))] = point.Has(4) ? point.Double(4) : (long)point.Number(6); }
    }

    private static string Series(string name, Dictionary<string, string> labels, double? bound = null)
    {
        List<string> texts = [.. labels.Select(label => $"{label.Key}=\"{label.Value}\"")];
        if (bound is { } le) { texts.Add($"le=\"{(double.IsPositiveInfinity(le) ? "+Inf" : le.ToString("0.0########", CultureInfo.InvariantCulture))}\""); }
        return texts.Count == 0 ? name : $"{name}{{{string.Join(',', texts)}}}";
    }

    private void TakeSpans(ProtobufMessage request)
    {
        foreach (ProtobufMessage span in request.Messages(1).SelectMany(resource => resource.Messages(2)).SelectMany(scope => scope.Messages(2)))
        {
            _spans.Add(new OtlpSpan(
                Convert.ToHexStringLower(span.Bytes(1)), Convert.ToHexStringLower(span.Bytes(2)), Convert.ToHexStringLower(span.Bytes(4)), span.Text(5), span.Number(7), span.Number(8),
                AttributesOf(span, 9), span.Messages(15).Any(status => status.Number(3) == 2)));
        }
    }

    private void TakeLogs(ProtobufMessage request)
    {
        foreach (ProtobufMessage record in request.Messages(1).SelectMany(resource => resource.Messages(2)).SelectMany(scope => scope.Messages(2)))
        {
            _logs.Add(new OtlpLogRecord(record.Text(3), record.Messages(5).Select(body => body.Text(1)).FirstOrDefault() ?? "", AttributesOf(record, 6)));
        }
    }

    private static Dictionary<string, string> AttributesOf(ProtobufMessage message, int field) => message.Messages(field).ToDictionary(
        pair => pair.Text(1),
        pair =>
        {
            ProtobufMessage value = pair.Messages(2).Single();
            return value.Has(1) ? value.Text(1) : value.Number(3).ToString(CultureInfo.InvariantCulture);
        },
        StringComparer.Ordinal);
}
