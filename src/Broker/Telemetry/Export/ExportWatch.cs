using System.Diagnostics.Tracing;
using MoshBroker.Configuration;

namespace MoshBroker.Telemetry.Export;

/// <summary>Hears what OpenTelemetry's SDK tells of itself, and says it once: it fails in silence otherwise.</summary>
internal sealed class ExportWatch(Uri endpoint, ExportLog log) : EventListener
{
    private const string Source = "OpenTelemetry-Exporter-OpenTelemetryProtocol";
    private const long QuietMs = 60 * 60 * 1000;
    private const int MaxReason = 200;

    /// <summary>Of the events' names, words of those that mean that something did not arrive.</summary>
    private static readonly string[] Lost = ["Collector", "Request", "Export", "Cancel", "Fail", "Http", "Grpc"];

    private long _quietUntil;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        // That nobody answered in time is no more than a warning there.
        if (eventSource.Name == Source) { EnableEvents(eventSource, EventLevel.Warning); }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (log is null || !Array.Exists(Lost, word => eventData.EventName?.Contains(word, StringComparison.Ordinal) == true)) { return; } // The base class may call before our own fields are there.
        long now = Environment.TickCount64;
        long until = Volatile.Read(ref _quietUntil);
        if (now < until || Interlocked.CompareExchange(ref _quietUntil, now + QuietMs, until) != until) { return; }
        log.Unreachable(endpoint, Shorten(eventData));
    }

    /// <summary>The exception is among the event's values, with its stack: its first line is enough.</summary>
    private static string Shorten(EventWrittenEventArgs happened)
    {
        string text = happened.Payload?.OfType<string>().Select(value => value.Split('\n')[0]).MaxBy(value => value.Length) ?? happened.EventName ?? "";
        return OneLine.Of(text.Length > MaxReason ? text[..MaxReason] : text);
    }
}
