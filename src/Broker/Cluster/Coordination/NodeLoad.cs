namespace MoshBroker.Cluster.Coordination;

/// <summary>A live node, as a choice.</summary>
/// <param name="Capacity">How many sessions it takes; at least 1.</param>
/// <param name="Tenants">Whose sessions it takes; null: everybody's.</param>
internal sealed record NodeLoad(string Name, int Sessions, int Capacity, bool IsDraining = false, IReadOnlySet<string>? Tenants = null)
{
    public bool HasRoom => !IsDraining && Sessions < Capacity;

    public int Free => Math.Max(0, Capacity - Sessions);

    /// <summary>A session of nobody's tenant goes anywhere.</summary>
    public bool Takes(string? tenant) => HasRoom && (Tenants is null || tenant is null || Tenants.Contains(tenant));
}
