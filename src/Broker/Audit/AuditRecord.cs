namespace MoshBroker.Audit;

/// <summary>An event as it is kept: its line, and its place in the chain.</summary>
/// <param name="Number">Counts all events of this broker's data folder, from 1.</param>
/// <param name="At">When it was told.</param>
/// <param name="Line">One JSON object, without the line feed.</param>
/// <param name="Hash">SHA-256 of the line; the next line names it.</param>
internal sealed record AuditRecord(long Number, DateTimeOffset At, AuditEvent Event, byte[] Line, byte[] Hash);
