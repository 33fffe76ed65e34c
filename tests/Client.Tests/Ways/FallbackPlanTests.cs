using MoshBroker.Client.Ways;
using MoshBroker.Protocol;

namespace MoshBroker.Client.Tests.Ways;

/// <summary>When ssh carries datagrams, and when UDP does again.</summary>
public sealed class FallbackPlanTests
{
    private static readonly MonoTime Start = new(1000);

    [Fact]
    public void Ssh_is_started_when_UDP_has_not_answered_for_a_second_and_a_half_and_used_once_it_is_ready()
    {
        FallbackPlan plan = new(Start, isAlways: false);
        Assert.Equal(FallbackStep.None, plan.Step(Start.Plus(FallbackPlan.FirstWait - 1)));
        Assert.Equal(Start.Plus(FallbackPlan.FirstWait), plan.NextStep);
        Assert.Equal(FallbackStep.Start, plan.Step(Start.Plus(FallbackPlan.FirstWait)));
        plan.OnStarted();
        Assert.Equal(FallbackStep.None, plan.Step(Start.Plus(1900)));
        Assert.False(plan.UsesStream);
        plan.OnReady(Start.Plus(2000));
        plan.Step(Start.Plus(2000));
        Assert.True(plan.UsesStream);
    }

    [Fact]
    public void Ssh_is_not_started_while_UDP_answers_nor_after_a_sleep()
    {
        FallbackPlan plan = new(Start, isAlways: false);
        plan.OnUdpHeard(Start.Plus(100));
        MonoTime now = Start;
        for (int i = 0; i < 100; i++)
        {
            now = now.Plus(3000);
            plan.OnUdpHeard(now);
            Assert.Equal(FallbackStep.None, plan.Step(now));
        }

        now = now.Plus(3_600_000);
        Assert.Equal(FallbackStep.None, plan.Step(now));
        Assert.Equal(FallbackStep.None, plan.Step(now.Plus(3000)));
        Assert.Equal(FallbackStep.None, plan.Step(now.Plus(6000)));
        Assert.Equal(FallbackStep.Start, plan.Step(now.Plus(FallbackPlan.LaterWait)));
    }

    [Fact]
    public void UDP_is_tried_ever_more_seldom_and_taken_back_when_it_answers_and_ssh_ends_a_minute_later()
    {
        FallbackPlan plan = Streaming(out MonoTime now);
        List<long> probes = [];
        for (long at = 0; at < 120_000; at += 500)
        {
            if (plan.Step(now.Plus(at)) == FallbackStep.Probe) { probes.Add(at); }
        }

        Assert.Equal([3000, 6000, 12_000, 24_000, 48_000, 96_000], probes);
        now = now.Plus(120_000);
        plan.OnUdpHeard(now);
        plan.Step(now);
        Assert.False(plan.UsesStream);

        // It falls silent once more: what is there still is used at once.
        plan.Step(now.Plus(8001));
        Assert.True(plan.UsesStream);
        now = now.Plus(9000);
        FallbackStep last = FallbackStep.None;
        for (int i = 0; i < 70 && last != FallbackStep.Stop; i++)
        {
            now = now.Plus(1000);
            plan.OnUdpHeard(now);
            last = plan.Step(now);
        }

        Assert.Equal(FallbackStep.Stop, last);
    }

    [Fact]
    public void An_ssh_that_fails_is_started_again_ever_more_seldom()
    {
        FallbackPlan plan = new(Start, isAlways: false);
        List<long> starts = [];
        for (long at = 0; at < 200_000; at += 250)
        {
            if (plan.Step(Start.Plus(at)) != FallbackStep.Start) { continue; }
            starts.Add(at);
            plan.OnStarted();
            plan.OnEnded(Start.Plus(at));
        }

        Assert.Equal([1500, 6500, 16_500, 36_500, 76_500, 136_500, 196_500], starts);
    }

    [Fact]
    public void Who_wants_no_UDP_never_waits_for_it_nor_tries_it()
    {
        FallbackPlan plan = new(Start, isAlways: true);
        Assert.Equal(FallbackStep.Start, plan.Step(Start));
        plan.OnStarted();
        plan.OnReady(Start.Plus(300));
        plan.OnUdpHeard(Start.Plus(400));
        for (long at = 400; at < 100_000; at += 1000)
        {
            Assert.Equal(FallbackStep.None, plan.Step(Start.Plus(at)));
            Assert.True(plan.UsesStream);
        }
    }

    private static FallbackPlan Streaming(out MonoTime now)
    {
        FallbackPlan plan = new(Start, isAlways: false);
        Assert.Equal(FallbackStep.Start, plan.Step(Start.Plus(1500)));
        plan.OnStarted();
        now = Start.Plus(2000);
        plan.OnReady(now);
        return plan;
    }
}
