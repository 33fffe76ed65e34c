namespace MoshBroker.Cluster;

/// <summary>The epoch drawn, when <see cref="Outcome"/> is <see cref="FencedOutcome.Done"/>; else the one that the store knows (0: none).</summary>
internal readonly record struct EpochDraw(FencedOutcome Outcome, long Epoch);
