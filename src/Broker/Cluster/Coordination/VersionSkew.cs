namespace MoshBroker.Cluster.Coordination;

/// <summary>How builds of different versions run beside each other: each reads its own and the previous version, and writes what all read.</summary>
internal static class VersionSkew
{
    /// <summary>The version to write: the newest that this build and all others read. Null when there is none.</summary>
    public static int? Written(VersionRange own, IEnumerable<VersionRange> others)
    {
        int newest = own.Newest;
        int oldest = own.Oldest;
        foreach (VersionRange other in others)
        {
            newest = Math.Min(newest, other.Newest);
            oldest = Math.Max(oldest, other.Oldest);
        }

        return newest >= oldest ? newest : null;
    }

    /// <summary>Why a build may not join the nodes that are there; null when it may.</summary>
    /// <param name="format">What has versions: "relay protocol".</param>
    /// <param name="own">Of the build that wants to join.</param>
    /// <param name="others">By node.</param>
    public static string? Refusal(string format, VersionRange own, IEnumerable<(string Node, VersionRange Range)> others)
    {
        foreach ((string node, VersionRange range) in others)
        {
            if (own.Newest < range.Oldest)
                return $"node {node} has {format} {range}, and this build {own}: upgrade this build first";
            if (own.Oldest > range.Newest)
                return $"node {node} has {format} {range}, and this build {own}: upgrade {node} to a version in between first";
        }

        return null;
    }
}
