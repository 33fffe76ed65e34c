using MoshBroker.Cluster.Coordination;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Cluster.Tests.Coordination;

public sealed class RoutingTableTests
{
    private static readonly LeaseTerms Terms = new();
    private readonly RoutingTable _table = new("a", Terms);

    [Fact]
    public void Only_a_later_epoch_replaces_what_is_known()
    {
        Assert.True(_table.Learn(At(0), "s", "b", 10));
        Assert.False(_table.Learn(At(0), "s", "c", 9));
        Assert.Equal("b", _table.Relay(At(0), "s")?.Node);
        Assert.True(_table.Learn(At(0), "s", "a", 11));
        Assert.Null(_table.Relay(At(0), "s"));
    }

    [Fact]
    public void A_datagram_never_goes_in_circles_whatever_each_node_believes()
    {
        SortedDictionary<string, RoutingTable> nodes = [];
        string[] names = ["a", "b", "c", "d"];
        for (int i = 0; i < names.Length; i++)
        {
            // Each takes the next for the owner, the last the first.
            nodes[names[i]] = new RoutingTable(names[i], Terms);
            nodes[names[i]].Learn(At(0), "s", names[(i + 1) % names.Length], 5);
        }

        string at = "a";
        long epoch = 0;
        int hops = 0;
        while (nodes[at].Relay(At(0), "s", epoch) is { } route)
        {
            (at, epoch) = (route.Node, route.Epoch);
            hops++;
        }

        Assert.Equal(1, hops);
    }

    [Fact]
    public void A_former_owner_goes_on_forwarding_for_two_heartbeats_after_the_last_datagram()
    {
        _table.Learn(At(0), "s", "b", 10);
        _table.Learn(At(0), "mine", "a", 10);
        for (long now = 3000; now <= 60_000; now += 3000)
        {
            _table.Prune(At(now));
            Assert.NotNull(_table.Relay(At(now), "s"));
        }

        _table.Prune(At(66_001));
        Assert.NotNull(_table.Relay(At(66_001), "s"));
        _table.Prune(At(80_000));
        Assert.Null(_table.Relay(At(80_000), "s"));
        Assert.NotNull(_table.Find("mine"));
    }

    private static MonoTime At(long milliseconds) => new(milliseconds);
}
