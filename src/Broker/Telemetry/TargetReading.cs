using MoshBroker.Protocol;

namespace MoshBroker.Telemetry;

/// <summary>How it went with one target lately.</summary>
/// <param name="LastAt">When it was tried last.</param>
/// <param name="Outcome">Of that: "reached", or why not.</param>
/// <param name="ReachedAt">When it was reached last; <see cref="MonoTime.Never"/> if it was not.</param>
/// <param name="Took">Of that: from the session's asking to its program's start, the connection included where one had to be made.</param>
/// <param name="Failures">Of the last hour, by why; only what occurred.</param>
internal sealed record TargetReading(MonoTime LastAt, string Outcome, MonoTime ReachedAt, TimeSpan Took, IReadOnlyDictionary<string, int> Failures);
