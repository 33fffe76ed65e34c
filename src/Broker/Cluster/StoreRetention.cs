namespace MoshBroker.Cluster;

/// <summary>How long ended sessions stay listed, whichever bound is met first.</summary>
internal sealed record StoreRetention(TimeSpan Age, int Rows)
{
    public static StoreRetention Default { get; } = new(TimeSpan.FromDays(7), 10_000);
}
