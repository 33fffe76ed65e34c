using MoshBroker.Cluster.Coordination;
using Xunit;

namespace MoshBroker.Cluster.Tests.Coordination;

public sealed class VersionSkewTests
{
    [Fact]
    public void The_previous_version_is_written_until_all_nodes_read_the_next()
    {
        VersionRange own = new(1, 2);
        Assert.Equal(2, VersionSkew.Written(own, []));
        Assert.Equal(1, VersionSkew.Written(own, [new(1, 2), new(0, 1)]));
        Assert.Equal(2, VersionSkew.Written(own, [new(1, 2), new(2, 3)]));
        Assert.Null(VersionSkew.Written(own, [new(0, 0)]));
    }

    [Fact]
    public void A_build_that_shares_no_version_with_a_node_does_not_join_it()
    {
        Assert.Null(VersionSkew.Refusal("relay protocol", new(1, 2), [("a", new(2, 3)), ("b", new(0, 1))]));
        Assert.Equal(
            "node a has relay protocol 3 to 4, and this build 1 to 2: upgrade this build first",
            VersionSkew.Refusal("relay protocol", new(1, 2), [("a", new(3, 4))]));
        Assert.Equal(
            "node a has relay protocol 1, and this build 2 to 3: upgrade a to a version in between first",
            VersionSkew.Refusal("relay protocol", new(2, 3), [("a", new(1, 1))]));
    }
}
