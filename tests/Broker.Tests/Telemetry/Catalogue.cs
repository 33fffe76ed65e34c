namespace MoshBroker.Broker.Tests.Telemetry;

/// <summary>The labels of <c>moshbroker_*</c> on /metrics and all that they may say; docs/metrics.md has their meaning. Anything else is a leak, or a flood of series.</summary>
internal static class Catalogue
{
    private const string Prefix = "moshbroker_";

    // Of a label that says the same wherever it stands, by its name; of another, by metric and name.
    private static readonly Dictionary<string, string[]> Labels = new(StringComparer.Ordinal)
    {
        ["tenant"] = ["*"],
        ["sessions state"] = ["starting", "attached", "silent", "lost", "unattached", "locked", "draining"],
        ["target_connections state"] = ["connecting", "open", "stalled"],
        ["cluster_members state"] = ["up", "leaving", "unreachable"],
        ["sessions_ended_total reason"] =
        [
            "user_exit", "client_quit", "never_connected", "idle_timeout", "lease_expired", "revoked", "operator", "target_lost", "crypto_limit", "node_lost", "quota",
            "protocol_error", "internal_error", "pty_stalled", "shutdown", "drain_limit", "restore_failed", "backend_lost", "recording_failed",
        ],
        ["datagrams_dropped_total reason"] =
        [
            "short", "oversize", "direction", "unknown_source", "network", "auth_failed", "tombstone", "trial_budget", "rate_limited", "queue_full", "bad_instruction",
            "inflate_limit", "protocol_version",
        ],
        ["ssh_auth_failures_total reason"] = ["bad_key", "expired", "revoked", "unknown_user", "locked"],
        ["target_failures_total reason"] = ["dns", "refused", "hostkey", "auth", "timeout", "reset"],
        ["bootstrap_attempts_total result"] = ["ok", "auth_denied", "policy_denied", "quota", "target_unreachable", "timeout", "error"],
        ["demux_lookups_total result"] = ["hit", "miss"],
        ["demux_trial_decrypts_total result"] = ["hit", "miss", "budget_exhausted"],
        ["handovers_total result"] = ["ok", "failed"],
        ["attaches_total kind"] = ["first", "rekey", "takeover", "watch", "failover", "tty"],
        ["replayed_datagrams_total kind"] = ["reordered", "duplicate", "old"],
        ["roams_total kind"] = ["port", "same_prefix", "new_prefix", "family"],
        ["parser_budget_exceeded_total kind"] = ["repeat", "osc", "combining", "bytes"],
        ["datagrams_total direction"] = ["receive", "transmit"],
        ["datagram_bytes_total direction"] = ["receive", "transmit"],
        ["terminal_bytes_total direction"] = ["host", "client"],
        ["family"] = ["ipv4", "ipv6"],
        ["phase"] = ["ssh_auth", "placement", "target_connect", "first_datagram"],
        ["method"] = ["publickey", "password", "keyboard_interactive", "certificate"],
        ["backend"] = ["pty", "ssh"],
        ["actor"] = ["session", "ingress", "recorder", "shard"],
        ["actor_restarts_total cause"] = ["exception", "rebalance", "node_lost"],
        ["cause"] = ["drain", "rebalance", "crash", "upgrade", "node_lost"],
        ["stage"] = ["write", "seal", "upload", "verify"],
        ["resource"] = ["sessions", "cpu", "bandwidth", "recording"],
        ["path"] = ["address", "window", "full"],
        ["peer"] = ["known", "recent", "unknown"],
        ["rule"] =
        [
            "auth_failure_burst", "known_peer_auth_failures", "old_replays", "source_churn", "tripwire_touched", "roam_flapping", "trial_decrypt_budget_exhausted",
            "send_amplification", "never_connected", "mass_detach", "ssh_auth_failure_burst", "break_glass",
        ],
        ["leg"] = ["ssh", "udp", "echo", "roam"],
        ["kex"] = ["pq", "classical"],
        ["label"] = ["tenant"],
        ["version"] = ["*"],
        ["commit"] = ["*"],
        ["dotnet"] = ["*"],
    };

    /// <summary>What of a series' labels is not in the catalogue, in words; nothing for most.</summary>
    public static IEnumerable<string> Strangers(ScrapedSeries series)
    {
        string metric = series.Name.StartsWith(Prefix, StringComparison.Ordinal) ? series.Name[Prefix.Length..] : series.Name;
        foreach ((string label, string value) in series.Labels.Where(label => label.Key != "le"))
        {
            if (!Labels.TryGetValue($"{metric} {label}", out string[]? values) && !Labels.TryGetValue(label, out values)) { yield return $"label {label} of {metric}"; }
            else if (values[0] != "*" && !values.Contains(value)) { yield return $"{label}=\"{value}\" of {metric}"; }
        }
    }
}
