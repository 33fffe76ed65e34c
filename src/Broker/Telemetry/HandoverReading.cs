namespace MoshBroker.Telemetry;

/// <summary>What became of sessions that this process was to go on with, of one cause.</summary>
/// <param name="Longest">From the process's start to the last session's going on.</param>
internal sealed record HandoverReading(HandoverCause Cause, DateTimeOffset LastAt, int WentOn, int Failed, TimeSpan Longest);
