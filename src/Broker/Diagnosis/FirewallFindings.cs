using System.Net;
using MoshBroker.Configuration;
using MoshBroker.Firewall;
using MoshBroker.Tenants;

namespace MoshBroker.Diagnosis;

/// <summary>Whether the kernel lets strangers at the broker's ports.</summary>
internal static class FirewallFindings
{
    private const string Why = "whoever is outside the tenants' networks has no business here; turned away by the kernel, he costs nothing and learns nothing";
    private const string Fix = "moshbroker firewall --config FILE | nft -f -   (and write it to /etc/nftables.conf to keep it)";

    /// <param name="json">nft -j list ruleset; null when nft is not there or may not be asked.</param>
    public static IEnumerable<Finding> Of(string? json, Policy? policy, FirewallPorts ports)
    {
        NetworkSet allowed = policy is null ? NetworkSet.Everywhere : policy.DropIn is { } dropIn ? NetworkSet.Of([.. policy.AllNetworks.Ranges, .. dropIn.Networks.Ranges]) : policy.AllNetworks;
        IEnumerable<(string What, string Protocol, int Port)> doors = ports.Udp.Select(source => ($"UDP ports {source}", "udp", FirewallPorts.Bounds(source).Low));
        if (ports.Ssh is { } ssh) { doors = doors.Append(($"SSH port {ssh}", "tcp", ssh)); }
        if (allowed.Outside() is not { } stranger)
        {
            yield return new Finding("networks", policy is null ? Severity.Warning : Severity.Ok, policy is null ? "no policy restricts where clients may be" : "the policy allows clients everywhere", policy is null ? Why : "", policy is null ? "moshbroker serve --policy FILE, with networks" : "");
            yield break;
        }

        if (json is null)
        {
            yield return new Finding("firewall", Severity.Warning, "the ruleset cannot be read", "so it is not known whether the ports are restricted", "apt-get install nftables, and run this as root");
            yield break;
        }

        NftRuleset ruleset = new(json);
        foreach ((string what, string protocol, int port) in doors)
        {
            yield return ruleset.Judge(new ProbePacket(protocol, port, stranger)) switch
            {
                NftVerdict.Drop => new Finding(what, Severity.Ok, $"a stranger ({stranger}) is turned away"),
                NftVerdict.Accept => new Finding(what, Severity.Warning, ruleset.IsEmpty ? "no firewall" : $"a stranger ({stranger}) is let through", Why, Fix),
                _ => new Finding(what, Severity.Warning, "the ruleset has rules that are not understood here", "so it is not known whether strangers are let through", $"nft list ruleset, and look for port {port}"),
            };
        }
    }
}
