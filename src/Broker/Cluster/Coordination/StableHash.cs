namespace MoshBroker.Cluster.Coordination;

/// <summary>A hash that is the same in every process and build.</summary>
internal static class StableHash
{
    private const ulong Start = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(string a, string b)
    {
        ulong hash = Start;
        foreach (char c in a)
            hash = (hash ^ c) * Prime;
        hash = (hash ^ 0x1_0000) * Prime;
        foreach (char c in b)
            hash = (hash ^ c) * Prime;

        // FNV alone leaves names that differ in the last letter close to each other.
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccd;
        hash ^= hash >> 33;
        hash *= 0xc4ceb9fe1a85ec53;
        return hash ^ (hash >> 33);
    }
}
