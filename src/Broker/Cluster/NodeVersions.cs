namespace MoshBroker.Cluster;

/// <summary>What a node speaks. All nodes write what the oldest of them reads.</summary>
/// <param name="Build">For people.</param>
/// <param name="Relay">The newest relay protocol it speaks; it also speaks the one before.</param>
/// <param name="Snapshot">The newest form of stored sessions it reads; it also reads the one before.</param>
internal readonly record struct NodeVersions(string Build, int Relay, int Snapshot);
