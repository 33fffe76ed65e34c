namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>The store's clock at one moment, for a rule that asks for either.</summary>
internal sealed class StoreClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;

    public static implicit operator DateTimeOffset(StoreClock clock) => clock.GetUtcNow();
}
