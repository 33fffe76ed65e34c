using MoshBroker.Commands;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace MoshBroker.Telemetry.Export;

/// <summary>Sends metrics, traces and logs to a collector, by OpenTelemetry's SDK: the same instruments that are scraped, on threads of its own.</summary>
/// <remarks>Without it nothing listens to meters and spans, and they cost nothing. A collector that is gone costs bounded queues: what does not fit is dropped.</remarks>
internal sealed class OtlpExport : IDisposable
{
    private const int FarewellMs = 2000; // What is not sent by then is not worth a late end.
    private const int AnswerLimitMs = 3000;
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;
    private readonly ExportWatch _watch;

    private OtlpExport(MeterProvider metrics, TracerProvider traces, ExportWatch watch) => (_metrics, _traces, _watch) = (metrics, traces, watch);

    /// <summary>Starts to send metrics and traces; logs follow what <see cref="AddTo"/> was given.</summary>
    /// <param name="node">Tells this broker from its neighbours.</param>
    public static OtlpExport Start(OtlpTarget target, string node, ExportLog log)
    {
        ExportWatch watch = new(target.Endpoint, log);
        MeterProvider metrics = Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(Describe(node))
            .AddMeter(MetricRegistry.MeterName, "System.Runtime", Kestrel)
            // Connections carry both ends' addresses, which are no labels.
            .AddView(instrument => instrument.Meter.Name == Kestrel ? new MetricStreamConfiguration { TagKeys = ["network.protocol.name", "network.protocol.version", "error.type"] } : null)
            .AddOtlpExporter(exporter => Direct(exporter, target, "metrics"))
            .Build();
        TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(Describe(node))
            .AddSource(MetricRegistry.MeterName)
            .AddOtlpExporter(exporter => Direct(exporter, target, "traces"))
            .Build();
        return new OtlpExport(metrics, traces, watch);
    }

    /// <summary>Lets what is logged go there too.</summary>
    public static void AddTo(ILoggingBuilder logging, OtlpTarget target, string node) => logging.AddOpenTelemetry(export =>
    {
        export.SetResourceBuilder(Describe(node));
        export.IncludeFormattedMessage = true;
        export.AddProcessor(new LogNames());
        export.AddOtlpExporter(exporter => Direct(exporter, target, "logs"));
    });

    public void Dispose()
    {
        _watch.Dispose();
        // Both at once: a collector that takes everything and answers nothing is waited for only once.
        Parallel.Invoke(() => _metrics.Shutdown(FarewellMs), () => _traces.Shutdown(FarewellMs));
        _metrics.Dispose();
        _traces.Dispose();
    }

    /// <summary>OTEL_RESOURCE_ATTRIBUTES adds to it.</summary>
    private static ResourceBuilder Describe(string node) => ResourceBuilder.CreateDefault()
        .AddService("moshbroker", serviceVersion: CommandLine.Version, serviceInstanceId: node)
        .AddAttributes([new("host.name", Environment.MachineName)]);

    private static void Direct(OtlpExporterOptions exporter, OtlpTarget target, string signal)
    {
        exporter.Protocol = target.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = target.For(signal);
        exporter.TimeoutMilliseconds = Math.Min(exporter.TimeoutMilliseconds, AnswerLimitMs);
    }
}
