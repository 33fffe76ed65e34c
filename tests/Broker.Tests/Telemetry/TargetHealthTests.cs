using MoshBroker.Protocol;
using MoshBroker.Telemetry;
using Xunit;

namespace MoshBroker.Broker.Tests.Telemetry;

public sealed class TargetHealthTests
{
    private static readonly TargetName Web = new("acme", "web-1");
    private static readonly MonoTime Start = new(10_000_000);
    private readonly TargetHealth _health = new();

    [Fact]
    public void What_nobody_wanted_has_no_health()
    {
        Assert.Null(_health.Read(Start, Web));
    }

    [Fact]
    public void The_last_outcome_counts_and_when_it_was_last_reached_stays()
    {
        _health.OnReached(Start, Web, TimeSpan.FromMilliseconds(240));
        _health.OnFailed(Start.Plus(5000), Web, TargetFailure.Timeout);
        TargetReading reading = _health.Read(Start.Plus(6000), Web)!;

        Assert.Equal(("timeout", Start.Plus(5000), Start, TimeSpan.FromMilliseconds(240)), (reading.Outcome, reading.LastAt, reading.ReachedAt, reading.Took));
    }

    [Fact]
    public void Failures_are_counted_for_an_hour_by_their_reason()
    {
        for (int minute = 0; minute < 90; minute++) { _health.OnFailed(Start.Plus(minute * 60_000), Web, minute % 2 == 0 ? TargetFailure.Refused : null); }
        TargetReading reading = _health.Read(Start.Plus(89 * 60_000), Web)!;

        Assert.Equal(new Dictionary<string, int>(StringComparer.Ordinal) { ["refused"] = 30, ["not_started"] = 30 }, reading.Failures);
        Assert.Empty(_health.Read(Start.Plus(200 * 60_000), Web)!.Failures);
    }

    [Fact]
    public void Targets_of_the_same_name_are_their_tenants_own()
    {
        _health.OnReached(Start, Web, TimeSpan.Zero);

        Assert.Null(_health.Read(Start, Web with { Tenant = "beta" }));
    }
}
