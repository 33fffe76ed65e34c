namespace MoshBroker.Recording;

/// <summary>What recordings have to tell an operator.</summary>
internal sealed partial class RecordingLog(ILogger<RecordingService> logger)
{
    [LoggerMessage(EventId = 450, Level = LogLevel.Error, Message = "session {Session}: its recording cannot be written: {Reason}")]
    public partial void Broken(string session, string reason);

    [LoggerMessage(EventId = 451, Level = LogLevel.Information, Message = "session {Session}: its recording is written again")]
    public partial void Mended(string session);
}
