namespace MoshBroker.Audit;

/// <summary>What the trail has to tell an operator of itself.</summary>
internal sealed partial class AuditLog(ILogger<AuditTrail> logger)
{
    [LoggerMessage(EventId = 460, Level = LogLevel.Error, Message = "the audit trail cannot be written; events wait and are tried again: {Reason}")]
    public partial void WriteFailed(string reason);

    [LoggerMessage(EventId = 461, Level = LogLevel.Information, Message = "the audit trail is written again; {Count} events had waited")]
    public partial void WrittenAgain(int count);

    [LoggerMessage(EventId = 462, Level = LogLevel.Error, Message = "{Count} audit events were left out: they came faster than they could be written")]
    public partial void LeftOut(long count);
}
