namespace MoshBroker.Cluster.Coordination;

/// <summary>The versions of one format that a build reads; it can write each of them too.</summary>
internal readonly record struct VersionRange(int Oldest, int Newest)
{
    public bool Reads(int version) => version >= Oldest && version <= Newest;

    public override string ToString() => Oldest == Newest ? $"{Newest}" : $"{Oldest} to {Newest}";
}
