namespace MoshBroker.Telemetry;

/// <summary>The way from sessions to what runs in them.</summary>
internal sealed class TargetMetrics(MetricRegistry registry)
{
    private readonly GaugeFamily _connections =
        registry.Gauge(new("moshbroker.target.connections", "{connection}", "Sessions by how they stand with their programs.", MetricLabel.Of<TargetState>("state")));

    private readonly CounterFamily _failures =
        registry.Counter(new("moshbroker.target.failures", "{failure}", "Targets that could not be had, or were lost.", MetricLabel.Of<TargetFailure>("reason")));

    public void Failed(TargetFailure reason) => _failures.Add(1, (int)reason);

    public void SetLive(LiveCounts live)
    {
        for (int state = 0; state < _connections.Slots; state++) { _connections.Set(live.Targets((TargetState)state), state); }
    }
}
