using MoshBroker.Broker.Tests.Tenants;
using MoshBroker.Testing;
using Xunit;

namespace MoshBroker.Broker.Tests.Commands;

public sealed class PolicyCommandTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private string Path => $"{_folder.Path}/policy.yaml";

    [Fact]
    public async Task A_faulty_policy_is_shown_fault_by_fault()
    {
        File.WriteAllText(Path, Policies.Small + "    sesions: 5\n    scrollback: 7\n");

        CommandLineRun run = await CommandLineRun.Of("policy", "check", Path);

        Assert.Equal((2, ""), (run.Status, run.Output));
        Assert.Equal(2, run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.StartsWith("policy.yaml line 20, column 5: tenants.acme.sesions: unknown key: did you mean 'sessions'?\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_valid_policy_is_compared_with_the_running_one()
    {
        File.WriteAllText(Path, Policies.Small.Replace("targets: [web-1]", "targets: [web-2]", StringComparison.Ordinal));
        using ScriptedBroker broker = new("ok", "json", System.Text.Json.JsonSerializer.Serialize(Policies.Small));

        CommandLineRun run = await CommandLineRun.Of("policy", "check", Path, "--broker", broker.Path);

        Assert.Equal((0, ""), (run.Status, run.Error));
        Assert.Equal("policy-show\n", await broker.Request);
        Assert.Equal(
            "policy.yaml is valid: 1 tenants, 1 users, 2 targets.\nWould change:\n  ~ acme: user ann (access)\nWould lose access:\n  ann@acme: target web-1\n", run.Output);
    }

    [Theory]
    [InlineData("10.1.2.3", "web-1", 0, "yes: ann@acme reaches web-1 from 10.1.2.3; quotas are not asked\n")]
    [InlineData("10.1.2.3", "web-2", 1, "no: target_not_allowed: no rule of acme gives ann@acme (line 6) the target web-2 (line 14)\nthe user is told: you may not reach web-2\n")]
    [InlineData("192.0.2.1", "web-1", 1, "no: network: 192.0.2.1 is outside the networks of ann@acme (line 6): 10.0.0.0/8, 2001:db8::/32\nthe user is told: you may not connect from this network\n")]
    public async Task Can_this_user_reach_that_target_from_there_now_and_why_not(string from, string target, int status, string output)
    {
        File.WriteAllText(Path, Policies.Small);

        CommandLineRun run = await CommandLineRun.Of("policy", "explain", "ann@acme", "--target", target, "--from", from, "--policy", Path);

        Assert.Equal((status, output), (run.Status, run.Output));
    }

    [Fact]
    public async Task The_firewall_needs_a_policy_and_prints_its_networks()
    {
        File.WriteAllText(Path, Policies.Small);

        CommandLineRun without = await CommandLineRun.Of("firewall");
        CommandLineRun with = await CommandLineRun.Of("firewall", "--policy", Path, "--ports", "60001:60100", "--ssh", "off");

        Assert.Equal((2, "moshbroker: which networks, and whose? name the policy by --policy FILE, or the broker's --config FILE\n"), (without.Status, without.Error));
        Assert.Contains("set t_acme_v4 { type ipv4_addr; flags interval; auto-merge; elements = { 10.0.0.0/8 }; }", with.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("tcp dport", with.Output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
