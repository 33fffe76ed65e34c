using MoshBroker.Cluster.Coordination;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Cluster.Tests.Coordination;

public sealed class PlacementTests
{
    private static readonly LeaseTerms Terms = new();

    [Fact]
    public void A_session_goes_to_the_least_loaded_node_that_its_tenant_may_use()
    {
        NodeLoad[] nodes =
        [
            new("a", 5, 1000),
            new("b", 10, 4000),
            new("c", 0, 1000, IsDraining: true),
            new("d", 1, 1000, Tenants: new HashSet<string> { "other" }),
            new("e", 10, 10),
        ];
        Assert.Equal("b", Placement.Choose(nodes, "acme", "s"));
        Assert.Equal("d", Placement.Choose(nodes, "other", "s"));
        Assert.Equal("d", Placement.Choose(nodes, tenant: null, "s"));
        Assert.Null(Placement.Choose(nodes[4..], "acme", "s"));
    }

    [Fact]
    public void Nodes_loaded_alike_fill_alike_though_all_decide_by_the_same_old_counts()
    {
        NodeLoad[] nodes = [new("node-1", 0, 500), new("node-2", 0, 500), new("node-3", 0, 500)];
        Dictionary<string, int> chosen = [];
        for (int i = 0; i < 3000; i++)
        {
            string node = Placement.Choose(nodes, "t", $"{i:x8}")!;
            chosen[node] = chosen.GetValueOrDefault(node) + 1;
        }

        Assert.All(nodes, node => Assert.InRange(chosen[node.Name], 900, 1100));
    }

    [Fact]
    public void A_dead_nodes_sessions_are_spread_by_the_room_that_there_is_and_each_has_one_first_claimer()
    {
        NodeLoad[] nodes = [new("a", 0, 1000), new("b", 500, 1000), new("c", 1000, 1000)];
        Orphan[] orphans = [.. Enumerable.Range(0, 3000).Select(i => new Orphan($"{i:x8}", "t", 1, CanContinue: true))];
        int a = new ClaimPlan("a", Terms).Due(new MonoTime(0), orphans, nodes).Count;
        int b = new ClaimPlan("b", Terms).Due(new MonoTime(0), orphans, nodes).Count;
        Assert.Equal(3000, a + b);
        Assert.InRange(a, 1900, 2100);
        Assert.Empty(new ClaimPlan("c", Terms).Due(new MonoTime(0), orphans, nodes));
    }

    [Fact]
    public void What_the_first_does_not_claim_the_next_does_a_little_later()
    {
        NodeLoad[] nodes = [new("a", 0, 100), new("b", 0, 100)];
        Orphan[] orphans = [.. Enumerable.Range(0, 100).Select(i => new Orphan($"{i:x8}", "t", 1, CanContinue: true))];
        ClaimPlan plan = new("a", Terms);
        int atOnce = plan.Due(new MonoTime(0), orphans, nodes).Count;
        Assert.InRange(atOnce, 30, 70);
        Assert.Equal(new MonoTime(Terms.StandBack), plan.NextTimeout);
        Assert.Equal(100, plan.Due(plan.NextTimeout, orphans, nodes).Count);
    }

    [Fact]
    public void What_cannot_go_on_is_ended_by_any_node_whatever_the_tenant()
    {
        NodeLoad[] nodes = [new("a", 0, 100, Tenants: new HashSet<string> { "other" })];
        ClaimPlan plan = new("a", Terms);
        Orphan[] orphans = [new("1", "acme", 1, CanContinue: false), new("2", "acme", 1, CanContinue: true)];
        Assert.Equal("1", Assert.Single(plan.Due(new MonoTime(0), orphans, nodes)).SessionId);
    }
}
