namespace MoshBroker.Dashboard.Feed;

/// <summary>Where sessions of a tenant can land.</summary>
/// <param name="Where">A program and its account, or a host and a login name.</param>
/// <param name="Users">How many may reach it.</param>
/// <param name="Sessions">Live ones there.</param>
internal sealed record TenantTargetView(string Name, string Kind, string Where, int Users, int Sessions)
{
    /// <summary>Null while nobody has wanted it.</summary>
    public TargetHealthView? Health { get; init; }

    /// <summary>Connections to it that sessions share; null for a program on this machine.</summary>
    public int? Connections { get; init; }
}
