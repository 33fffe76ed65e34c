namespace MoshBroker.Cluster.Coordination;

/// <summary>A session of a node that is to be emptied.</summary>
/// <param name="CanMove">False when its program runs on this node: it may end by itself until the limit, and is ended then.</param>
internal sealed record DrainItem(string SessionId, string? Tenant, bool CanMove);
