namespace MoshBroker.Recording;

/// <summary>What a recording begins with.</summary>
/// <param name="Title">For players; no secret.</param>
/// <param name="RecordsInput">True where policy wants keys too. Passwords are among them.</param>
internal sealed record RecordingStart(string Session, string? Tenant, string Title, DateTimeOffset StartedAt, int Columns, int Rows, bool RecordsInput);
