using MoshBroker.Detection;
using MoshBroker.Protocol;

namespace MoshBroker.Telemetry;

/// <summary>How it went lately with each target that somebody wanted. From any thread.</summary>
/// <remarks>Names come from policy alone; of those that a changed policy has no more, the ones that were not wanted for longest are forgotten.</remarks>
internal sealed class TargetHealth
{
    public const string Reached = "reached";

    private const int MostTargets = 4096;
    private const long MinuteMs = 60_000;
    private const int Hour = 60;
    private const string Other = "not_started";

    private static readonly string[] Reasons = [.. MetricLabel.Of<TargetFailure>("reason").Values, Other];

    private readonly Lock _lock = new();
    private readonly Dictionary<TargetName, Condition> _targets = [];

    /// <summary>A session's program runs there.</summary>
    public void OnReached(MonoTime now, TargetName target, TimeSpan took)
    {
        lock (_lock)
        {
            Condition condition = Of(now, target);
            (condition.Outcome, condition.ReachedAt, condition.Took) = (Reached, now, took);
        }
    }

    /// <summary>It could not be had, or was lost.</summary>
    /// <param name="reason">Null: its program cannot be started here.</param>
    public void OnFailed(MonoTime now, TargetName target, TargetFailure? reason)
    {
        int index = reason is { } known ? (int)known : Reasons.Length - 1;
        lock (_lock)
        {
            Condition condition = Of(now, target);
            condition.Outcome = Reasons[index];
            (condition.Failures[index] ??= new EventWindow(MinuteMs, Hour)).Add(now, 1);
        }
    }

    /// <summary>Null when nobody has wanted it yet.</summary>
    public TargetReading? Read(MonoTime now, TargetName target)
    {
        lock (_lock)
        {
            if (!_targets.TryGetValue(target, out Condition? condition)) { return null; }
            Dictionary<string, int> failures = new(StringComparer.Ordinal);
            for (int reason = 0; reason < Reasons.Length; reason++)
            {
                if (condition.Failures[reason]?.Sum(now) is > 0 and { } count) { failures[Reasons[reason]] = (int)count; }
            }

            return new TargetReading(condition.LastAt, condition.Outcome, condition.ReachedAt, condition.Took, failures);
        }
    }

    private Condition Of(MonoTime now, TargetName target)
    {
        if (!_targets.TryGetValue(target, out Condition? condition))
        {
            if (_targets.Count >= MostTargets) { _targets.Remove(_targets.MinBy(known => known.Value.LastAt).Key); }
            condition = _targets[target] = new Condition();
        }

        condition.LastAt = now;
        return condition;
    }

    private sealed class Condition
    {
        public MonoTime LastAt;
        public string Outcome = "";
        public MonoTime ReachedAt = MonoTime.Never;
        public TimeSpan Took;
        public EventWindow?[] Failures = new EventWindow?[Reasons.Length];
    }
}
