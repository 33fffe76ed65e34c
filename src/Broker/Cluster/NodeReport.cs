namespace MoshBroker.Cluster;

/// <summary>What a node says of itself when it renews its lease.</summary>
internal readonly record struct NodeReport(int Sessions, int Capacity, bool IsDraining);
