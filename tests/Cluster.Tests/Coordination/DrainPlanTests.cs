using MoshBroker.Cluster.Coordination;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Cluster.Tests.Coordination;

public sealed class DrainPlanTests
{
    private static readonly NodeLoad[] Others = [new("b", 0, 100), new("c", 0, 100)];

    [Fact]
    public void Sessions_move_a_few_at_a_time_and_evenly_until_the_node_is_empty()
    {
        DrainPlan plan = new(At(0), 60_000, Enumerable.Range(0, 60).Select(i => new DrainItem($"{i:x8}", "t", CanMove: true)));
        Dictionary<string, int> moved = [];
        Queue<DrainStep> moving = [];
        while (!plan.IsDone)
        {
            while (plan.Next(At(0), Others) is { } step)
                moving.Enqueue(step);
            Assert.InRange(moving.Count, 1, DrainPlan.MovesAtOnce);
            DrainStep done = moving.Dequeue();
            moved[done.To!] = moved.GetValueOrDefault(done.To!) + 1;
            plan.OnGone(done.SessionId);
        }

        Assert.Equal((30, 30), (moved["b"], moved["c"]));
    }

    [Fact]
    public void What_cannot_move_is_waited_for_and_ended_at_the_limit()
    {
        DrainPlan plan = new(At(0), 60_000, [new("1", null, CanMove: false), new("2", null, CanMove: false)]);
        Assert.Null(plan.Next(At(59_999), Others));
        plan.OnGone("1");
        Assert.Equal(At(60_000), plan.NextTimeout);
        Assert.Equal(new DrainStep("2", To: null), plan.Next(At(60_000), Others));
        Assert.Null(plan.Next(At(60_000), Others));
        plan.OnGone("2");
        Assert.True(plan.IsDone);
    }

    [Fact]
    public void A_move_that_fails_is_tried_again_and_what_nobody_takes_is_ended()
    {
        DrainPlan plan = new(At(0), 10_000, [new("1", "t", CanMove: true)]);
        DrainStep? step = plan.Next(At(0), Others);
        plan.OnMoveFailed(At(100), step!.SessionId);
        Assert.Null(plan.Next(At(500), Others));
        Assert.NotNull(plan.Next(At(1100), Others));
        plan.OnMoveFailed(At(1200), "1");
        Assert.Null(plan.Next(At(5000), []));
        Assert.Equal(new DrainStep("1", To: null), plan.Next(At(10_000), []));
    }

    private static MonoTime At(long milliseconds) => new(milliseconds);
}
