namespace MoshBroker.Cluster;

/// <summary>A session as the store knows it.</summary>
/// <param name="Id">8 hexadecimal digits.</param>
/// <param name="Node">Its owner.</param>
/// <param name="Epoch">The latest epoch drawn: the fence.</param>
/// <param name="EndReason">Null while the session lives.</param>
internal sealed record SessionRow(
    string Id,
    DateTimeOffset Created,
    uint OwnerUid,
    string Node,
    long Epoch,
    string Command,
    SessionEndReason? EndReason,
    DateTimeOffset? EndedAt,
    IReadOnlyList<ChannelRow> Channels)
{
    /// <summary>The owner's incarnation; 0 where nodes hold no leases.</summary>
    public long Incarnation { get; init; }

    /// <summary>True when another node can go on with it, because its program runs elsewhere and can be entered again.</summary>
    public bool CanMove { get; init; }

    public string Tenant { get; init; } = "";

    public string User { get; init; } = "";

    /// <summary>What policy calls where it leads; null for a program that its user started himself.</summary>
    public string? Target { get; init; }

    public bool HasEnded => EndedAt is not null;
}
