namespace MoshBroker.Cluster;

/// <summary>What the store needs to know of a session that is about to start.</summary>
/// <param name="Command">For display only.</param>
/// <param name="FirstChannel">Null for a session whose first user sits at a terminal, by plain ssh.</param>
internal sealed record NewSession(uint OwnerUid, string Node, string Command, NewChannel? FirstChannel);
