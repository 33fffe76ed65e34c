using System.Diagnostics.Metrics;
using System.Runtime.ExceptionServices;

namespace MoshBroker.Telemetry;

/// <summary>What the runtime and the web server only tell those who listen: exceptions thrown, and Kestrel's connections.</summary>
internal sealed class RuntimeMeters : IDisposable
{
    private const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    private readonly MeterListener _listener = new();
    private long _exceptions;
    private long _active;
    private long _queued;
    private long _rejected;

    public RuntimeMeters()
    {
        AppDomain.CurrentDomain.FirstChanceException += OnException;
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == Kestrel && instrument.Name is "kestrel.active_connections" or "kestrel.queued_connections" or "kestrel.rejected_connections")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>(OnMeasured);
        _listener.Start();
    }

    public void WriteTo(MetricsText text)
    {
        Single(text, MetricKind.Counter, "dotnet_exceptions", "{exception}", "Exceptions thrown, caught ones included.", Volatile.Read(ref _exceptions));
        Single(text, MetricKind.Gauge, "kestrel_active_connections", "{connection}", "Connections of the web side.", Volatile.Read(ref _active));
        Single(text, MetricKind.Gauge, "kestrel_queued_connections", "{connection}", "Of these, waiting to be taken up.", Volatile.Read(ref _queued));
        Single(text, MetricKind.Counter, "kestrel_rejected_connections", "{connection}", "Turned away because there were too many.", Volatile.Read(ref _rejected));
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.FirstChanceException -= OnException;
        _listener.Dispose();
    }

    private static void Single(MetricsText text, MetricKind kind, string name, string unit, string help, double value)
    {
        text.Head(kind, name, unit, help);
        text.Sample(name, kind == MetricKind.Counter ? "_total" : "", "", value);
    }

    private void OnException(object? sender, FirstChanceExceptionEventArgs arguments) => Interlocked.Increment(ref _exceptions);

    private void OnMeasured(Instrument instrument, long measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        switch (instrument.Name)
        {
            case "kestrel.active_connections":
                Interlocked.Add(ref _active, measurement);
                break;
            case "kestrel.queued_connections":
                Interlocked.Add(ref _queued, measurement);
                break;
            default:
                Interlocked.Add(ref _rejected, measurement);
                break;
        }
    }
}
