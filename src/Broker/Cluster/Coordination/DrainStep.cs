namespace MoshBroker.Cluster.Coordination;

/// <summary>One thing to do for a node that is being emptied.</summary>
/// <param name="To">Where the session is to be moved; null: it is to be ended, with a message.</param>
internal sealed record DrainStep(string SessionId, string? To);
