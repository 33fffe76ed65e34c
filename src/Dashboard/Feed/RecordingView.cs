namespace MoshBroker.Dashboard.Feed;

/// <summary>A recorded session.</summary>
/// <param name="Name">Of the file, without its end.</param>
internal sealed record RecordingView(string Tenant, string Name, string Session, DateTimeOffset StartedAt, long Bytes);
