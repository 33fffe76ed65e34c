using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Tenants;

public sealed class PolicyComparisonTests
{
    [Fact]
    public void The_same_policy_changes_nothing()
    {
        PolicyComparison comparison = Compare(Policies.Example, Policies.Example);

        Assert.Empty(comparison.Changes);
        Assert.Empty(comparison.Losses);
    }

    [Theory]
    [InlineData("        groups: [ops]\n", "", "~ acme: user ann (groups, access)", "ann@acme: target web-1")]
    [InlineData(Policies.AnnsKey, Policies.BobsKey, "~ acme: user ann (keys)", "ann@acme: the key SHA256:3M7Qd3IlauiC6K1fL/lAHz8PGpoS4Z/XyklpDDqR+Uw (ann)")]
    [InlineData("10.0.0.0/8", "10.0.0.0/9", "~ acme: networks 10.0.0.0/8, 2001:db8::/32 -> 10.0.0.0/9, 2001:db8::/32", "ann@acme: some networks (10.0.0.0/8, 2001:db8::/32 -> 10.0.0.0/9, 2001:db8::/32)")]
    [InlineData("      ann:", "      eve:", "- acme: user ann", "ann@acme: everything (the user is gone)")]
    [InlineData("  acme:", "  beta:", "- tenant acme", "ann@acme: everything (the tenant is gone)")]
    [InlineData("version: 1", "version: 1\ndrop_in: { allow: false }", "~ drop_in: allow true -> false", "accounts of this machine: sessions by 'moshbroker open'")]
    [InlineData("host: web-2", "host: web-3", "~ acme: target web-2", null)]
    [InlineData("default_target: web-1", "default_target: web-2", "~ acme: default_target web-1 -> web-2", null)]
    [InlineData("        targets: [web-1]", "        targets: [web-1]\n        until: 2020-01-01T00:00:00Z", "~ acme: user ann (access)", "ann@acme: target web-1")]
    [InlineData("    default_target", "    sessions: 5\n    default_target", "~ acme: sessions unlimited -> 5", null)]
    public void What_changes_and_who_loses_is_said(string from, string to, string change, string? loss)
    {
        PolicyComparison comparison = Compare(Policies.Small, Policies.Small.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(change, comparison.Changes);
        if (loss is null) { Assert.Empty(comparison.Losses); }
        else { Assert.Contains(loss, comparison.Losses); }
    }

    private static PolicyComparison Compare(string running, string proposed) => PolicyComparison.Of(Policies.Read(running), Policies.Read(proposed), new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero));
}
