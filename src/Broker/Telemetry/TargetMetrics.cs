using MoshBroker.Protocol;

namespace MoshBroker.Telemetry;

/// <summary>The way from sessions to what runs in them.</summary>
internal sealed class TargetMetrics(MetricRegistry registry)
{
    private readonly GaugeFamily _connections =
        registry.Gauge(new("moshbroker.target.connections", "{connection}", "Sessions by how they stand with their programs.", MetricLabel.Of<TargetState>("state")));

    private readonly CounterFamily _failures =
        registry.Counter(new("moshbroker.target.failures", "{failure}", "Targets that could not be had, or were lost.", MetricLabel.Of<TargetFailure>("reason")));

    /// <summary>The same target by target, for the dashboard.</summary>
    public TargetHealth Health { get; } = new();

    /// <summary>A session's program runs there.</summary>
    public void Reached(MonoTime now, TargetName target, TimeSpan took) => Health.OnReached(now, target, took);

    /// <param name="reason">Null: its program cannot be started here.</param>
    public void Failed(MonoTime now, TargetName target, TargetFailure? reason)
    {
        if (reason is { } known) { _failures.Add(1, (int)known); }
        Health.OnFailed(now, target, reason);
    }

    public void SetLive(LiveCounts live)
    {
        for (int state = 0; state < _connections.Slots; state++) { _connections.Set(live.Targets((TargetState)state), state); }
    }
}
