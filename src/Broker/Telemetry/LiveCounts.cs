using MoshBroker.Dashboard.Feed;

namespace MoshBroker.Telemetry;

/// <summary>The node at the moment of a scrape.</summary>
internal sealed class LiveCounts
{
    private static readonly int States = Enum.GetValues<SessionState>().Length;

    private static readonly int Resources = Enum.GetValues<QuotaResource>().Length;

    private readonly int[] _targets = new int[Enum.GetValues<TargetState>().Length];
    private readonly double[] _quotas = new double[(TenantTable.Limit + 1) * Resources];
    private readonly int[] _sessions = new int[(TenantTable.Limit + 1) * States];

    public int Capacity { get; set; }

    public bool IsDraining { get; set; }

    /// <summary>The share of its key that the busiest channel has used up.</summary>
    public double KeyBlocksUsed { get; set; }

    /// <summary>Datagrams that the kernel dropped on all our sockets, closed ones too.</summary>
    public long SocketDrops { get; set; }

    /// <summary>How the datagrams of shared ports found their sessions.</summary>
    public DemuxTotals Demux { get; } = new();

    public int Total { get; private set; }

    public int Sessions(int tenant, SessionState state) => _sessions[(tenant * States) + (int)state];

    public void Add(int tenant, SessionState state)
    {
        _sessions[(tenant * States) + (int)state]++;
        Total++;
    }

    public int Targets(TargetState state) => _targets[(int)state];

    public void Add(TargetState state) => _targets[(int)state]++;

    /// <summary>The largest share of its limit that anybody of the tenant has used up.</summary>
    public double QuotaUsed(int tenant, QuotaResource resource) => _quotas[(tenant * Resources) + (int)resource];

    public void UseQuota(int tenant, QuotaResource resource, double share)
    {
        ref double used = ref _quotas[(tenant * Resources) + (int)resource];
        used = Math.Max(used, Math.Clamp(share, 0, 1));
    }
}
