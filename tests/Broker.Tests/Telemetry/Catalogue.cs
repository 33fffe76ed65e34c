namespace MoshBroker.Broker.Tests.Telemetry;

/// <summary>The labels of <c>moshbroker_*</c> on /metrics and all that they may say; docs/metrics.md has their meaning. Anything else is a leak, or a flood of series.</summary>
internal static class Catalogue
{
    public static readonly IReadOnlyDictionary<string, string[]> Labels = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["tenant"] = ["*"],
        ["state"] = ["starting", "attached", "silent", "lost", "unattached", "locked", "draining", "connecting", "open", "stalled", "up", "leaving", "unreachable"],
        ["reason"] =
        [
            "user_exit", "client_quit", "never_connected", "idle_timeout", "lease_expired", "revoked", "operator", "target_lost", "crypto_limit", "node_lost", "quota",
            "protocol_error", "internal_error", "pty_stalled", "shutdown", "drain_limit", "restore_failed", "backend_lost", "recording_failed",
            "short", "oversize", "direction", "unknown_source", "network", "auth_failed", "tombstone", "trial_budget", "rate_limited", "queue_full", "bad_instruction",
            "inflate_limit", "protocol_version",
            "bad_key", "expired", "unknown_user", "locked",
            "dns", "refused", "hostkey", "auth", "timeout", "reset",
        ],
        ["result"] = ["ok", "auth_denied", "policy_denied", "quota", "target_unreachable", "timeout", "error", "hit", "miss", "budget_exhausted", "failed"],
        ["kind"] =
        [
            "first", "rekey", "takeover", "watch", "failover", "tty", "reordered", "duplicate", "old", "port", "same_prefix", "new_prefix", "family",
            "repeat", "osc", "combining", "bytes",
        ],
        ["direction"] = ["receive", "transmit", "host", "client"],
        ["family"] = ["ipv4", "ipv6"],
        ["phase"] = ["ssh_auth", "placement", "target_connect", "first_datagram"],
        ["method"] = ["publickey", "password", "keyboard_interactive", "certificate"],
        ["backend"] = ["pty", "ssh"],
        ["actor"] = ["session", "ingress", "recorder", "shard"],
        ["cause"] = ["exception", "rebalance", "node_lost", "drain", "crash", "upgrade"],
        ["stage"] = ["write", "seal", "upload", "verify"],
        ["resource"] = ["sessions", "cpu", "bandwidth", "recording"],
        ["path"] = ["address", "window", "full"],
        ["peer"] = ["known", "recent", "unknown"],
        ["rule"] =
        [
            "auth_failure_burst", "known_peer_auth_failures", "old_replays", "source_churn", "tripwire_touched", "roam_flapping", "trial_decrypt_budget_exhausted",
            "send_amplification", "never_connected", "mass_detach", "ssh_auth_failure_burst", "break_glass",
        ],
        ["kex"] = ["pq", "classical"],
        ["leg"] = ["ssh", "udp", "echo", "roam"],
        ["label"] = ["tenant"],
        ["version"] = ["*"],
        ["commit"] = ["*"],
        ["dotnet"] = ["*"],
    };
}
