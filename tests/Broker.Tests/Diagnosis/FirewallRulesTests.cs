using System.Net;
using MoshBroker.Broker.Tests.Tenants;
using MoshBroker.Configuration;
using MoshBroker.Diagnosis;
using MoshBroker.Firewall;
using MoshBroker.Tenants;
using Xunit;

namespace MoshBroker.Broker.Tests.Diagnosis;

public sealed class FirewallRulesTests
{
    private static readonly FirewallPorts Ports = new([new PortSource.Range(60001, 60999), new PortSource.Shared(50000)], 2222);

    [Fact]
    public async Task The_ruleset_of_the_example_is_valid_for_nft()
    {
        (int status, string output) = await SystemProgram.RunAsync("/usr/sbin/nft", ["-c", "-f", "-"], FirewallRules.Render(Policies.Read(Policies.Example), Ports));

        Assert.Equal((0, ""), (status, output));
    }

    [Theory]
    [InlineData("networks: [10.0.0.0/8, \"2001:db8::/32\"]", "networks: [0.0.0.0/0, \"::/0\"]")]
    [InlineData("networks: [10.0.0.0/8, \"2001:db8::/32\"]", "networks: [192.0.2.7, 192.0.2.8, \"2001:db8::1\"]")]
    [InlineData("  acme:\n", "  9.a-b_c:\n")]
    [InlineData("version: 1", "version: 1\ndrop_in: { allow: false }")]
    public async Task Whatever_the_networks_and_names_it_is_valid_for_nft(string from, string to)
    {
        string ruleset = FirewallRules.Render(Policies.Read(Policies.Small.Replace(from, to, StringComparison.Ordinal)), Ports);

        (int status, string output) = await SystemProgram.RunAsync("/usr/sbin/nft", ["-c", "-f", "-"], ruleset);

        Assert.True(status == 0, output + ruleset);
    }

    [Fact]
    public async Task The_kernel_shown_the_ruleset_turns_strangers_away_and_lets_tenants_in()
    {
        // In a network namespace of its own, so that the machine's rules stay as they are.
        string text = FirewallRules.Render(Policies.Read(Policies.Example), Ports);
        (int status, string json) = await SystemProgram.RunAsync("/usr/bin/unshare", ["-n", "sh", "-c", "nft -f - && nft -j list ruleset"], text);
        Assert.True(status == 0, json);
        NftRuleset ruleset = new(json);

        Assert.Equal(NftVerdict.Accept, ruleset.Judge(new ProbePacket("udp", 60001, IPAddress.Parse("203.0.113.9"))));
        Assert.Equal(NftVerdict.Drop, ruleset.Judge(new ProbePacket("udp", 60001, IPAddress.Parse("198.51.100.1"))));
        Assert.Equal(NftVerdict.Drop, ruleset.Judge(new ProbePacket("udp", 60600, IPAddress.Parse("203.0.113.9")))); // Not among the tenant's ports.
        Assert.Equal(NftVerdict.Accept, ruleset.Judge(new ProbePacket("udp", 60600, IPAddress.Parse("2001:db8:1::5")))); // The drop-in's network.
        Assert.Equal(NftVerdict.Drop, ruleset.Judge(new ProbePacket("udp", 50000, IPAddress.Parse("2001:db8:ffff::1"))));
        Assert.Equal(NftVerdict.Accept, ruleset.Judge(new ProbePacket("tcp", 2222, IPAddress.Parse("2001:db8:ac::1"))));
        Assert.Equal(NftVerdict.Drop, ruleset.Judge(new ProbePacket("tcp", 2222, IPAddress.Parse("198.51.100.1"))));
        Assert.Equal(NftVerdict.Accept, ruleset.Judge(new ProbePacket("tcp", 22, IPAddress.Parse("198.51.100.1"))));
        Assert.All(FirewallFindings.Of(json, Policies.Read(Policies.Example), Ports), finding => Assert.Equal(Severity.Ok, finding.Severity));
    }

    [Theory]
    [InlineData("", Severity.Warning)]
    [InlineData("add table ip filter; add chain ip filter INPUT { type filter hook input priority 0; policy drop; }", Severity.Ok)]
    [InlineData("add table inet f; add chain inet f i { type filter hook input priority 0; policy accept; }; add rule inet f i udp dport { 22, 60000-61000 } ip saddr != 10.0.0.0/8 reject; add rule inet f i tcp dport 2222 ip saddr 198.51.100.0/24 drop; add rule inet f i udp dport 50000 drop", Severity.Ok)]
    [InlineData("add table inet f; add chain inet f i { type filter hook input priority 0; policy accept; }; add rule inet f i udp dport 1-65535 accept; add rule inet f i udp dport 60001 drop", Severity.Warning)]
    internal async Task Somebody_elses_ruleset_is_asked_what_becomes_of_a_stranger(string ruleset, Severity severity)
    {
        (int status, string json) = await SystemProgram.RunAsync("/usr/bin/unshare", ["-n", "sh", "-c", "nft -f - && nft -j list ruleset"], ruleset.Replace("; add ", "\nadd ", StringComparison.Ordinal) + "\n");
        Assert.True(status == 0, json);

        Finding[] findings = [.. FirewallFindings.Of(json, Policies.Read(Policies.Small + "drop_in: { allow: false }\n"), Ports)];

        Assert.Equal(3, findings.Length);
        Assert.Equal(severity, findings.Max(finding => finding.Severity));
    }
}
