namespace MoshBroker.Cluster;

/// <summary>What the store needs to know of a session that is about to start.</summary>
/// <param name="Node">Its owner.</param>
/// <param name="Command">For display only.</param>
/// <param name="FirstChannel">Null for a session whose first user sits at a terminal, by plain ssh.</param>
internal sealed record NewSession(uint OwnerUid, string Node, string Command, NewChannel? FirstChannel)
{
    /// <summary>The owner's incarnation, which must not have been fenced off; 0 where nodes hold no leases.</summary>
    public long Incarnation { get; init; }

    /// <summary>True when another node can go on with it, because its program runs elsewhere and can be entered again.</summary>
    public bool CanMove { get; init; }

    public string Tenant { get; init; } = "";

    public string User { get; init; } = "";

    /// <summary>What policy calls where it leads; null for a program that its user started himself.</summary>
    public string? Target { get; init; }
}
