namespace MoshBroker.Telemetry.Export;

/// <summary>What the export has to tell an operator.</summary>
internal sealed partial class ExportLog(ILogger<OtlpExport> logger)
{
    [LoggerMessage(EventId = 470, Level = LogLevel.Warning, Message = "metrics, traces and logs cannot be sent to {Endpoint}: {Reason}; what does not fit into the queues is dropped, and this is not said again for an hour")]
    public partial void Unreachable(Uri endpoint, string reason);
}
