namespace MoshBroker.Telemetry;

/// <summary>The node's numbers at one moment.</summary>
internal struct NodePulse
{
    public long AuthFailures;
    public long Drops;
    public long Datagrams;
    public long Prefixes;
    public long Tripped;
    public long NonceReuse;
    public long Unauthenticated;
}
