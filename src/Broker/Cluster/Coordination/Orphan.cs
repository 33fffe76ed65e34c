namespace MoshBroker.Cluster.Coordination;

/// <summary>A session whose owner's lease has ended.</summary>
/// <param name="Epoch">Under which the owner held it: a claim names it.</param>
/// <param name="CanContinue">False when its program ran on the dead node: then all that is left to do is to say so to the client.</param>
internal sealed record Orphan(string SessionId, string? Tenant, long Epoch, bool CanContinue);
