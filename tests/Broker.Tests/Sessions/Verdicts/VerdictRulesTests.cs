using MoshBroker.Sessions.Verdicts;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions.Verdicts;

/// <summary>From facts to a verdict.</summary>
public sealed class VerdictRulesTests
{
    private static readonly VerdictFacts Well = new();

    [Fact]
    public void Without_a_fact_all_is_fine() => Assert.Equal(VerdictCause.Fine, Of(Well));

    [Fact]
    public void Every_cause_has_its_fact_and_its_limit()
    {
        Assert.Equal(VerdictCause.NoClient, Of(Well with { HasClient = false }));
        Assert.Equal(VerdictCause.Fine, Of(Well with { SilentMs = 6499 }));
        Assert.Equal(VerdictCause.Silent, Of(Well with { SilentMs = 6500 }));
        Assert.Equal(VerdictCause.Fine, Of(Well with { DeafMs = 4999 }));
        Assert.Equal(VerdictCause.DownlinkCut, Of(Well with { DeafMs = 5000 }));
        Assert.Equal(VerdictCause.ProgramStopped, Of(Well with { IsStopped = true }));
        Assert.Equal(VerdictCause.TargetStalled, Of(Well with { UntakenMs = 1 }));
        Assert.Equal(VerdictCause.BrokerQueue, Of(Well with { QueuedMs = 4999 }));
        Assert.Equal(VerdictCause.Fine, Of(Well with { QueuedMs = 5000 }));
        Assert.Equal(VerdictCause.WasAsleep, Of(Well with { ReturnedMs = 14_999, WasAsleep = true }));
        Assert.Equal(VerdictCause.UplinkWasCut, Of(Well with { ReturnedMs = 14_999 }));
        Assert.Equal(VerdictCause.Fine, Of(Well with { ReturnedMs = 15_000 }));
        Assert.Equal(VerdictCause.NatRebound, Of(Well with { ReboundMs = 14_999 }));
        Assert.Equal(VerdictCause.Fine, Of(Well with { ReboundMs = 15_000 }));
        Assert.Equal(VerdictCause.Fine, Of(Well with { Loss = 0.099 }));
        Assert.Equal(VerdictCause.PathLossy, Of(Well with { Loss = 0.1 }));
    }

    [Fact]
    public void What_hides_the_rest_comes_first()
    {
        VerdictFacts facts = new()
        {
            SilentMs = 7000,
            DeafMs = 7000,
            IsStopped = true,
            UntakenMs = 7000,
            QueuedMs = 0,
            ReturnedMs = 0,
            WasAsleep = true,
            ReboundMs = 0,
            Loss = 0.5,
        };
        List<VerdictCause> seen = [Of(facts)];
        seen.Add(Of(facts = facts with { SilentMs = 0 }));
        seen.Add(Of(facts = facts with { DeafMs = 0 }));
        seen.Add(Of(facts = facts with { IsStopped = false }));
        seen.Add(Of(facts = facts with { UntakenMs = 0 }));
        seen.Add(Of(facts = facts with { QueuedMs = VerdictFacts.Never }));
        seen.Add(Of(facts = facts with { ReturnedMs = VerdictFacts.Never }));
        seen.Add(Of(facts = facts with { ReboundMs = VerdictFacts.Never }));
        Assert.Equal(
            [
                VerdictCause.Silent, VerdictCause.DownlinkCut, VerdictCause.ProgramStopped, VerdictCause.TargetStalled, VerdictCause.BrokerQueue, VerdictCause.WasAsleep,
                VerdictCause.NatRebound, VerdictCause.PathLossy,
            ],
            seen);
    }

    [Fact]
    public void A_cause_at_its_limit_is_kept_until_it_is_well_below()
    {
        Assert.Equal(VerdictCause.PathLossy, VerdictRules.Of(Well with { Loss = 0.04 }, VerdictCause.PathLossy));
        Assert.Equal(VerdictCause.Fine, VerdictRules.Of(Well with { Loss = 0.039 }, VerdictCause.PathLossy));
        Assert.Equal(VerdictCause.DownlinkCut, VerdictRules.Of(Well with { DeafMs = 10 }, VerdictCause.DownlinkCut));
        Assert.Equal(VerdictCause.Fine, VerdictRules.Of(Well, VerdictCause.DownlinkCut));
    }

    [Theory]
    [InlineData(6_500, 0, true)]
    [InlineData(6_500, 1, false)]
    [InlineData(9_000, 1, false)]
    [InlineData(60_000, 1, true)] // Sent just as it fell asleep.
    [InlineData(60_000, 19, false)]
    [InlineData(60_000, 12, false)] // Cut off, and asleep for the last third.
    [InlineData(36_000_000, 5, true)]
    public void A_client_that_sent_nothing_was_asleep(long silence, ulong missing, bool asleep) => Assert.Equal(asleep, VerdictRules.WasAsleep(silence, missing));

    private static VerdictCause Of(in VerdictFacts facts) => VerdictRules.Of(facts, VerdictCause.Fine);
}
