namespace MoshBroker.Tenants;

/// <summary>Where a session of a tenant can land.</summary>
internal abstract record Target
{
    public required string Name { get; init; }

    /// <summary>Where it stands in the policy file.</summary>
    public required int Line { get; init; }
}
