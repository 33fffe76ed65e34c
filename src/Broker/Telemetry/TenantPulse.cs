namespace MoshBroker.Telemetry;

/// <summary>A tenant's numbers at one moment: sessions as they are, everything else counted from the start.</summary>
internal sealed class TenantPulse
{
    public long Attached;
    public long Silent;
    public long Lost;
    public long Other;
    public long Expected;
    public long LostUp;
    public long Frames;
    public long Again;
    public long Roams;

    public long[] Echo { get; } = new long[BrokerMetrics.EchoBuckets];

    public long[] Rtt { get; } = new long[BrokerMetrics.RttBuckets];
}
