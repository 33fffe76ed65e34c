using System.Globalization;
using System.Text;
using MoshBroker.Configuration;
using MoshBroker.Tenants;

namespace MoshBroker.Firewall;

/// <summary>An nftables ruleset in a table of its own, made from the policy: the kernel turns away what policy would.</summary>
internal static class FirewallRules
{
    /// <summary>New flows from one network (/24 or /48) that the broker has not answered yet; a client needs a handful.</summary>
    private const string StrangerRate = "50/second burst 200 packets";

    /// <summary>New SSH connections from one network.</summary>
    private const string LoginRate = "10/second burst 40 packets";

    public static string Render(Policy policy, FirewallPorts ports)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"#!/usr/sbin/nft -f\n# Made by 'moshbroker firewall' from policy {policy.Digest}. Load: nft -f FILE. Take away: nft delete table inet moshbroker\n");
        text.Append("table inet moshbroker\ndelete table inet moshbroker\ntable inet moshbroker {\n");
        foreach (Tenant tenant in policy.Tenants.Values.OrderBy(tenant => tenant.Name, StringComparer.Ordinal)) { AddSets(text, SetName(tenant.Name), tenant.Rules.Networks); }
        if (policy.DropIn is { } dropIn) { AddSets(text, "drop_in", dropIn.Networks); }
        text.Append(
            """
              # The broker adds networks here for a time, when policy lets it (detections: nftables).
              set blocked_v4 { type ipv4_addr; flags interval, timeout; size 4096; }
              set blocked_v6 { type ipv6_addr; flags interval, timeout; size 4096; }
              set strangers_v4 { type ipv4_addr; flags dynamic; size 65536; timeout 1m; }
              set strangers_v6 { type ipv6_addr; flags dynamic; size 65536; timeout 1m; }
              set logins_v4 { type ipv4_addr; flags dynamic; size 65536; timeout 1m; }
              set logins_v6 { type ipv6_addr; flags dynamic; size 65536; timeout 1m; }


            """);
        AddLimit(text, "datagrams", "strangers", StrangerRate);
        AddLimit(text, "logins", "logins", LoginRate);
        AddInput(text, policy, ports);
        AddOutput(text, ports);
        return text.Append("}\n").ToString();
    }

    /// <summary>Names of tenants may begin with a digit and hold dots and dashes; names of sets may not.</summary>
    private static string SetName(string tenant) => "t_" + string.Concat(tenant.Select(c => char.IsAsciiLetterOrDigit(c) ? c.ToString() : $"_{(int)c:x2}"));

    private static void AddSets(StringBuilder text, string name, NetworkSet networks)
    {
        AddressRange[] ranges = [.. networks.Ranges];
        AddSet(text, $"{name}_v4", "ipv4_addr", ranges.Where(range => range.IsIPv4));
        AddSet(text, $"{name}_v6", "ipv6_addr", ranges.Where(range => !range.IsIPv4));
    }

    private static void AddSet(StringBuilder text, string name, string type, IEnumerable<AddressRange> ranges)
    {
        string elements = string.Join(", ", ranges.SelectMany(range => range.ToPrefixes()));
        string held = elements.Length > 0 ? $" elements = {{ {elements} }};" : "";
        text.Append(CultureInfo.InvariantCulture, $"  set {name} {{ type {type}; flags interval; auto-merge;{held} }}\n");
    }

    private static void AddLimit(StringBuilder text, string chain, string set, string rate) => text.Append(CultureInfo.InvariantCulture,
        $$"""
          chain {{chain}} {
            ct state established,related accept
            update @{{set}}_v4 { ip saddr & 255.255.255.0 limit rate over {{rate}} } counter drop
            update @{{set}}_v6 { ip6 saddr & ffff:ffff:ffff:: limit rate over {{rate}} } counter drop
            accept
          }


        """);

    private static void AddInput(StringBuilder text, Policy policy, FirewallPorts ports)
    {
        text.Append("  chain input {\n    type filter hook input priority filter - 5; policy accept;\n    iifname \"lo\" accept\n");
        foreach (string doors in (string[])[$"udp dport {List(ports.Udp)}", .. ports.Ssh is { } door ? [$"tcp dport {door}"] : Array.Empty<string>()])
        {
            text.Append(CultureInfo.InvariantCulture, $"    {doors} ip saddr @blocked_v4 counter drop\n    {doors} ip6 saddr @blocked_v6 counter drop\n");
        }

        foreach (Tenant tenant in policy.Tenants.Values.OrderBy(tenant => tenant.Name, StringComparer.Ordinal))
        {
            Allow(text, SetName(tenant.Name), tenant.Rules.Ports.Count > 0 ? tenant.Rules.Ports : ports.Udp);
        }

        if (policy.DropIn is { } dropIn) { Allow(text, "drop_in", dropIn.Ports.Count > 0 ? dropIn.Ports : ports.Udp); }
        text.Append(CultureInfo.InvariantCulture, $"    udp dport {List(ports.Udp)} counter drop\n");
        if (ports.Ssh is { } ssh)
        {
            foreach (Tenant tenant in policy.Tenants.Values.OrderBy(tenant => tenant.Name, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"    tcp dport {ssh} ip saddr @{SetName(tenant.Name)}_v4 goto logins\n    tcp dport {ssh} ip6 saddr @{SetName(tenant.Name)}_v6 goto logins\n");
            }

            text.Append(CultureInfo.InvariantCulture, $"    tcp dport {ssh} counter drop\n");
        }

        text.Append("  }\n\n");
    }

    private static void Allow(StringBuilder text, string set, IReadOnlyList<PortSource> ports) => text.Append(CultureInfo.InvariantCulture,
        $"    udp dport {List(ports)} ip saddr @{set}_v4 goto datagrams\n    udp dport {List(ports)} ip6 saddr @{set}_v6 goto datagrams\n");

    /// <summary>The kernel answers a datagram to a closed port; whoever walks over the range would learn which ports are open.</summary>
    private static void AddOutput(StringBuilder text, FirewallPorts ports)
    {
        // Offsets in bits into the error: its own 8 bytes, then the header of the datagram that it quotes, then that one's ports.
        text.Append(CultureInfo.InvariantCulture,
            $$"""
              chain output {
                type filter hook output priority filter - 5; policy accept;
                icmp type destination-unreachable icmp code port-unreachable @th,136,8 17 @th,240,16 {{List(ports.Udp)}} counter drop
                icmpv6 type destination-unreachable icmpv6 code port-unreachable @th,112,8 17 @th,400,16 {{List(ports.Udp)}} counter drop
              }

            """);
    }

    private static string List(IReadOnlyList<PortSource> ports)
    {
        string[] ranges = [.. ports.Select(FirewallPorts.Bounds).Distinct().Select(range => range.Low == range.High ? $"{range.Low}" : $"{range.Low}-{range.High}")];
        return ranges.Length == 1 ? ranges[0] : $"{{ {string.Join(", ", ranges)} }}";
    }
}
