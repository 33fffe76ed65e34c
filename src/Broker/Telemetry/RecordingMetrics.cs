namespace MoshBroker.Telemetry;

/// <summary>Recordings on their way to the disk.</summary>
internal sealed class RecordingMetrics(MetricRegistry registry)
{
    private readonly CounterFamily _bytes = registry.CounterByTenant(new("moshbroker.recording", "By", "Recorded, signed and on the disk."));

    private readonly GaugeFamily _lag = registry.Gauge(new("moshbroker.recording.lag", "s", "Age of the oldest event that is not on the disk yet."));

    private readonly CounterFamily _failures =
        registry.Counter(new("moshbroker.recording.failures", "{failure}", "Recordings that could not go on, by where.", MetricLabel.Of<RecordingStage>("stage")));

    public void Written(int tenant, int bytes) => _bytes.Add(bytes, 0, tenant);

    public void Failed(RecordingStage stage) => _failures.Add(1, (int)stage);

    public void SetLag(double seconds) => _lag.Set(seconds);
}
