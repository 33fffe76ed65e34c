namespace MoshBroker.Dashboard.Feed;

/// <summary>How it went with a target lately, since the broker's start.</summary>
/// <param name="LastAt">When a session wanted it last.</param>
/// <param name="Outcome">Of that: "reached", or why not, as in <c>moshbroker_target_failures_total{reason}</c>.</param>
/// <param name="ReachedAt">When it was reached last; null if it was not.</param>
/// <param name="TookMs">Of that: from the asking to the program's start.</param>
/// <param name="Failures">Of the last hour, by why; only what occurred.</param>
internal sealed record TargetHealthView(DateTimeOffset LastAt, string Outcome, DateTimeOffset? ReachedAt, double? TookMs, IReadOnlyDictionary<string, int> Failures)
{
    public bool IsWell => Outcome == "reached";

    /// <summary>The failures in words; empty when there are none.</summary>
    public string FailureLine => string.Join(", ", Failures.OrderByDescending(failure => failure.Value).Select(failure => $"{failure.Value} {failure.Key.Replace('_', ' ')}"));
}
