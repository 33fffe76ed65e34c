using System.CommandLine;
using System.Globalization;
using MoshBroker.Configuration;
using MoshBroker.Firewall;
using MoshBroker.Tenants;

namespace MoshBroker.Commands;

/// <summary><c>moshbroker firewall</c>: prints an nftables ruleset from the policy.</summary>
internal static class FirewallCommand
{
    public static Command Create(HostEnvironment host)
    {
        SurroundingOptions options = new();
        Command firewall = new("firewall", "Print an nftables ruleset from the policy (load it by: moshbroker firewall … | nft -f -)");
        options.AddTo(firewall);
        firewall.SetAction((parsed, _) =>
        {
            (Policy policy, FirewallPorts ports) = options.Read(parsed, host);
            parsed.InvocationConfiguration.Output.Write(FirewallRules.Render(policy, ports));
            return Task.FromResult(ExitCodes.Ok);
        });
        return firewall;
    }
}
