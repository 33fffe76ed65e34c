namespace MoshBroker.Recording;

/// <summary>A recording that can be played.</summary>
/// <param name="Name">Of the file, without its end.</param>
internal sealed record RecordingOnShelf(string Tenant, string Name, string Session, DateTimeOffset StartedAt, long Bytes, string Path);
