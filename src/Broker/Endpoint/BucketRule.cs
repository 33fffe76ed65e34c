namespace MoshBroker.Endpoint;

/// <summary>How fast a bucket fills, and how much it holds.</summary>
internal readonly record struct BucketRule(long PerSecond, long Burst);
