using System.Globalization;
using System.Net;
using System.Text.Json;
using MoshBroker.Tenants;

namespace MoshBroker.Diagnosis;

/// <summary>The kernel's ruleset (<c>nft -j list ruleset</c>), asked what would become of one packet.</summary>
/// <remarks>Understands what rules for ports and networks are made of; a rule with anything else makes the answer unknown where it matters.</remarks>
internal sealed class NftRuleset
{
    private const int MaxJumps = 16; // The kernel's own bound.

    private readonly Dictionary<string, List<JsonElement>> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonElement> _sets = new(StringComparer.Ordinal);
    private readonly List<(int Priority, string Family, string Key, bool Drops)> _input = [];

    public NftRuleset(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        foreach (JsonElement item in document.RootElement.GetProperty("nftables").EnumerateArray())
        {
            if (item.TryGetProperty("chain", out JsonElement chain) && chain.TryGetProperty("hook", out JsonElement hook) && hook.GetString() == "input" && chain.GetProperty("type").GetString() == "filter")
            {
                bool drops = chain.TryGetProperty("policy", out JsonElement policy) && policy.GetString() == "drop";
                _input.Add((chain.GetProperty("prio").GetInt32(), Text(chain, "family"), Key(chain, Text(chain, "name")), drops));
            }
            else if (item.TryGetProperty("rule", out JsonElement rule))
            {
                string key = Key(rule, Text(rule, "chain"));
                if (!_rules.TryGetValue(key, out List<JsonElement>? rules)) { _rules[key] = rules = []; }
                rules.Add(rule.GetProperty("expr").Clone());
            }
            else if (item.TryGetProperty("set", out JsonElement set)) { _sets[Key(set, "@" + Text(set, "name"))] = set.Clone(); }
        }

        _input.Sort((a, b) => a.Priority.CompareTo(b.Priority));
    }

    /// <summary>True when nothing filters what comes in.</summary>
    public bool IsEmpty => _input.Count == 0;

    public NftVerdict Judge(ProbePacket packet)
    {
        bool isUnknown = false;
        string family = packet.Source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "ip" : "ip6";
        foreach ((_, string ofChain, string key, bool drops) in _input)
        {
            if (ofChain != "inet" && ofChain != family) { continue; }
            switch (Run(key, packet, 0, ref isUnknown) ?? (drops ? "drop" : "accept"))
            {
                case "drop" or "reject": return isUnknown ? NftVerdict.Unknown : NftVerdict.Drop;
            }
        }

        return isUnknown ? NftVerdict.Unknown : NftVerdict.Accept;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";

    private static string Key(JsonElement element, string name) => $"{Text(element, "family")} {Text(element, "table")} {name}";

    /// <summary>accept, drop or reject; null when the chain ends without a verdict.</summary>
    private string? Run(string chain, ProbePacket packet, int depth, ref bool isUnknown)
    {
        if (depth > MaxJumps || !_rules.TryGetValue(chain, out List<JsonElement>? rules)) { return null; }
        string table = chain[..(chain.LastIndexOf(' ') + 1)];
        foreach (JsonElement rule in rules)
        {
            bool? matches = true;
            string? verdict = null;
            foreach (JsonElement expression in rule.EnumerateArray())
            {
                JsonProperty statement = expression.EnumerateObject().First();
                switch (statement.Name)
                {
                    case "match": matches = And(matches, Matches(statement.Value, packet, table)); break;
                    case "limit": matches = And(matches, !(statement.Value.TryGetProperty("inv", out JsonElement over) && over.GetBoolean())); break; // One packet is over no limit.
                    case "set" when statement.Value.TryGetProperty("stmt", out JsonElement inner) && inner.GetRawText().Contains("\"inv\"", StringComparison.Ordinal): matches = false; break;
                    case "accept" or "drop" or "reject" or "return": verdict = statement.Name; break;
                    case "jump" or "goto": verdict = $"{statement.Name} {Text(statement.Value, "target")}"; break;
                    case "counter" or "log" or "comment" or "set" or "notrack": break;
                    default: matches = And(matches, null); break;
                }

                if (matches == false) { break; }
            }

            if (matches == false || verdict is null) { continue; }
            if (matches is null)
            {
                isUnknown = true;
                continue;
            }

            if (verdict == "return") { return null; }
            if (verdict is "accept" or "drop" or "reject") { return verdict; }
            string? inside = Run(table + verdict[(verdict.IndexOf(' ', StringComparison.Ordinal) + 1)..], packet, depth + 1, ref isUnknown);
            if (inside is not null || verdict.StartsWith("goto", StringComparison.Ordinal)) { return inside; }
        }

        return null;
    }

    private static bool? And(bool? a, bool? b) => a == false || b == false ? false : a is null || b is null ? null : true;

    private bool? Matches(JsonElement match, ProbePacket packet, string table)
    {
        if (Value(match.GetProperty("left"), packet) is not { } value) { return null; }
        if (value == "none") { return false; }
        bool? holds = Holds(value, match.GetProperty("right"), table);
        return match.GetProperty("op").GetString() switch
        {
            "==" or "in" => holds,
            "!=" => !holds,
            _ => null,
        };
    }

    /// <summary>What the packet has there; "none" when it has no such field; null when that is not understood.</summary>
    private static string? Value(JsonElement left, ProbePacket packet)
    {
        bool isV4 = packet.Source.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        JsonProperty kind = left.EnumerateObject().FirstOrDefault();
        switch (kind.Name)
        {
            case "payload" when kind.Value.TryGetProperty("protocol", out JsonElement protocol):
                return (protocol.GetString(), Text(kind.Value, "field")) switch
                {
                    ("udp" or "tcp", "dport") => protocol.GetString() == packet.Protocol ? packet.Port.ToString(CultureInfo.InvariantCulture) : "none",
                    ("th", "dport") => packet.Port.ToString(CultureInfo.InvariantCulture),
                    ("ip", "saddr") => isV4 ? packet.Source.ToString() : "none",
                    ("ip6", "saddr") => isV4 ? "none" : packet.Source.ToString(),
                    ("ip", "protocol") => isV4 ? packet.Protocol : "none",
                    ("ip6", "nexthdr") => isV4 ? "none" : packet.Protocol,
                    ("icmp" or "icmpv6", _) => "none",
                    _ => null,
                };
            case "meta":
                return Text(kind.Value, "key") switch
                {
                    "l4proto" => packet.Protocol,
                    "nfproto" => isV4 ? "ipv4" : "ipv6",
                    "iifname" or "iif" => "outside",
                    _ => null,
                };
            case "ct" when Text(kind.Value, "key") == "state": return "new";
            default: return null;
        }
    }

    private bool? Holds(string value, JsonElement right, string table)
    {
        switch (right.ValueKind)
        {
            case JsonValueKind.Number: return right.GetRawText() == value;
            case JsonValueKind.Array: return Any(value, right, table);
            case JsonValueKind.String:
                string text = right.GetString()!;
                if (!text.StartsWith('@')) { return text == value || (IPAddress.TryParse(text, out IPAddress? one) && one.ToString() == value); }
                if (!_sets.TryGetValue(table + text, out JsonElement set)) { return null; }
                return set.TryGetProperty("elem", out JsonElement elements) ? Any(value, elements, table) : false;
            case JsonValueKind.Object:
                JsonProperty kind = right.EnumerateObject().First();
                return kind.Name switch
                {
                    "set" => Any(value, kind.Value, table),
                    "range" => InRange(value, kind.Value),
                    "prefix" => AddressRange.Parse($"{Text(kind.Value, "addr")}/{kind.Value.GetProperty("len").GetInt32()}", out AddressRange range) is null ? In(value, range) : null,
                    "elem" => Holds(value, kind.Value.GetProperty("val"), table),
                    _ => null,
                };
            default: return null;
        }
    }

    private bool? Any(string value, JsonElement items, string table)
    {
        bool? any = false;
        foreach (JsonElement item in items.EnumerateArray())
        {
            bool? one = Holds(value, item, table);
            if (one == true) { return true; }
            if (one is null) { any = null; }
        }

        return any;
    }

    private static bool? InRange(string value, JsonElement ends)
    {
        if (int.TryParse(value, CultureInfo.InvariantCulture, out int number) && ends[0].ValueKind == JsonValueKind.Number) { return number >= ends[0].GetInt32() && number <= ends[1].GetInt32(); }
        return AddressRange.Parse(ends[0].ToString(), out AddressRange low) is null && AddressRange.Parse(ends[1].ToString(), out AddressRange high) is null
            ? In(value, new AddressRange(low.Low, high.High))
            : null;
    }

    private static bool? In(string value, AddressRange range)
    {
        if (!IPAddress.TryParse(value, out IPAddress? address)) { return null; }
        UInt128 number = AddressRange.Value(address);
        return number >= range.Low && number <= range.High;
    }
}
