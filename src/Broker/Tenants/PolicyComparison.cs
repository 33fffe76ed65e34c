using System.Globalization;

namespace MoshBroker.Tenants;

/// <summary>What would change if one policy took another's place, and whom it would take something from.</summary>
internal sealed record PolicyComparison(IReadOnlyList<string> Changes, IReadOnlyList<string> Losses)
{
    /// <param name="now">Grants that are over count as none.</param>
    public static PolicyComparison Of(Policy running, Policy proposed, DateTimeOffset now)
    {
        List<string> changes = [];
        List<string> losses = [];
        Compare("drop_in", running.DropIn, proposed.DropIn, changes);
        if (running.DropIn is not null && proposed.DropIn is null) { losses.Add("accounts of this machine: sessions by 'moshbroker open'"); }
        if (running.TrustedScanners.ToString() != proposed.TrustedScanners.ToString()) { changes.Add("~ trusted_scanners"); }
        if (!running.Detections.SaysTheSame(proposed.Detections)) { changes.Add("~ detections"); }
        foreach (Tenant tenant in running.Tenants.Values.Where(tenant => !proposed.Tenants.ContainsKey(tenant.Name)))
        {
            changes.Add($"- tenant {tenant.Name}");
            losses.AddRange(tenant.Users.Values.Select(user => $"{user}: everything (the tenant is gone)"));
        }

        foreach (Tenant tenant in proposed.Tenants.Values)
        {
            if (running.Tenants.TryGetValue(tenant.Name, out Tenant? old)) { Compare(old, tenant, now, changes, losses); }
            else { changes.Add($"+ tenant {tenant.Name} ({tenant.Users.Count} users, {tenant.Targets.Count} targets)"); }
        }

        return new PolicyComparison(changes, losses);
    }

    private static void Compare(Tenant old, Tenant tenant, DateTimeOffset now, List<string> changes, List<string> losses)
    {
        Compare(tenant.Name, old.Rules, tenant.Rules, changes);
        if (old.DefaultTarget?.Name != tenant.DefaultTarget?.Name) { changes.Add($"~ {tenant.Name}: default_target {old.DefaultTarget?.Name ?? "none"} -> {tenant.DefaultTarget?.Name ?? "none"}"); }
        if (!Fingerprints(old.CertificateAuthorities).SetEquals(Fingerprints(tenant.CertificateAuthorities))) { changes.Add($"~ {tenant.Name}: certificate_authorities"); }
        changes.AddRange(tenant.Revoked.Except(old.Revoked, StringComparer.Ordinal).Select(item => $"+ {tenant.Name}: revoked {item}"));
        changes.AddRange(old.Revoked.Except(tenant.Revoked, StringComparer.Ordinal).Select(item => $"- {tenant.Name}: revoked {item}"));
        changes.AddRange(old.Targets.Keys.Except(tenant.Targets.Keys, StringComparer.Ordinal).Select(name => $"- {tenant.Name}: target {name}"));
        foreach ((string name, Target target) in tenant.Targets)
        {
            if (!old.Targets.TryGetValue(name, out Target? before)) { changes.Add($"+ {tenant.Name}: target {name}"); }
            else if (Text(before) != Text(target)) { changes.Add($"~ {tenant.Name}: target {name}"); }
        }

        foreach (PolicyUser user in old.Users.Values.Where(user => !tenant.Users.ContainsKey(user.Name)))
        {
            changes.Add($"- {tenant.Name}: user {user.Name}");
            losses.Add($"{user}: everything (the user is gone)");
        }

        foreach (PolicyUser user in tenant.Users.Values)
        {
            if (old.Users.TryGetValue(user.Name, out PolicyUser? before)) { Compare(before, user, now, changes, losses); }
            else { changes.Add($"+ {tenant.Name}: user {user.Name}"); }
        }
    }

    private static void Compare(PolicyUser old, PolicyUser user, DateTimeOffset now, List<string> changes, List<string> losses)
    {
        List<string> changed = [];
        List<string> lost = [];
        HashSet<string> keys = Fingerprints(user.Keys);
        if (!Fingerprints(old.Keys).SetEquals(keys)) { changed.Add("keys"); }
        lost.AddRange(old.Keys.Where(key => !keys.Contains(key.Fingerprint)).Select(key => $"the key {key}"));
        lost.AddRange(old.Keys.Where(key => keys.Contains(key.Fingerprint) && user.Tenant.Revoked.Contains(key.Fingerprint) && !old.Tenant.Revoked.Contains(key.Fingerprint)).Select(key => $"the key {key} (revoked)"));
        if (!old.Principals.SequenceEqual(user.Principals, StringComparer.Ordinal)) { changed.Add("principals"); }
        lost.AddRange(old.Principals.Except(user.Principals, StringComparer.Ordinal).Select(principal => $"the principal {principal}"));
        if (!old.Groups.SequenceEqual(user.Groups, StringComparer.Ordinal)) { changed.Add("groups"); }
        if (old.Networks.ToString() != user.Networks.ToString()) { changed.Add("networks"); }
        if (!user.Networks.Covers(old.Networks)) { lost.Add($"some networks ({old.Networks} -> {user.Networks})"); }
        if (old.Until != user.Until) { changed.Add("until"); }
        if (old.Limits != user.Limits || old.Sessions != user.Sessions) { changed.Add("limits"); }
        if (!old.Roles.SetEquals(user.Roles)) { changed.Add("roles"); }
        if (RulesText(old) != RulesText(user)) { changed.Add("access"); }
        string[] targets = [.. Reachable(old, now).Except(Reachable(user, now), StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (targets.Length > 0) { lost.Add($"{(targets.Length == 1 ? "target" : "targets")} {string.Join(", ", targets.Take(10))}{(targets.Length > 10 ? $" and {targets.Length - 10} more" : "")}"); }
        if (changed.Count > 0) { changes.Add($"~ {user.Tenant.Name}: user {user.Name} ({string.Join(", ", changed)})"); }
        if (lost.Count > 0) { losses.Add($"{user}: {string.Join("; ", lost)}"); }
    }

    private static void Compare(string owner, TenantRules? old, TenantRules? rules, List<string> changes)
    {
        string[] before = Lines(old);
        string[] after = Lines(rules);
        foreach ((string was, string now) in before.Zip(after))
        {
            if (was != now) { changes.Add($"~ {owner}: {was} -> {now[(now.IndexOf(' ', StringComparison.Ordinal) + 1)..]}"); }
        }
    }

    private static string[] Lines(TenantRules? rules) => rules is null ? ["allow false"] :
    [
        "allow true",
        $"networks {rules.Networks}",
        $"ports {(rules.Ports.Count == 0 ? "all" : string.Join(", ", rules.Ports))}",
        $"sessions {rules.Sessions?.ToString(CultureInfo.InvariantCulture) ?? "unlimited"}",
        $"sessions_per_user {rules.SessionsPerUser?.ToString(CultureInfo.InvariantCulture) ?? "unlimited"}",
        $"limits {rules.Limits}",
        $"recording {rules.Recording}, {rules.OnRecordingFailure}",
        $"watch.shown {rules.ShowsWatchers}",
        $"scrollback {rules.KeepsScrollback}",
        $"on_revocation {rules.OnRevocation}",
        $"leases.on_expiry {rules.OnExpiry}",
        $"leases.max_certificate {rules.MaxCertificateLifetime}",
        $"audit_retention {rules.AuditRetention}",
    ];

    private static HashSet<string> Fingerprints(IReadOnlyList<SshPublicKey> keys) => keys.Select(key => key.Fingerprint).ToHashSet(StringComparer.Ordinal);

    private static HashSet<string> Reachable(PolicyUser user, DateTimeOffset now) =>
        now >= user.Until ? [] : user.Rules.Where(rule => !(now >= rule.Until)).SelectMany(rule => rule.Targets).Select(target => target.Name).ToHashSet(StringComparer.Ordinal);

    private static string RulesText(PolicyUser user) => string.Join('\n', user.Rules.Select(rule =>
        $"{string.Join(',', rule.Targets.Select(target => target.Name).Order(StringComparer.Ordinal))}|{string.Join(';', rule.Windows)}|{rule.From}|{rule.Until:O}"));

    private static string Text(Target target) => target switch
    {
        SshTarget ssh => $"{ssh.User}@{ssh.Host}:{ssh.Port} {string.Join(',', ssh.HostKeys.Select(key => key.Fingerprint))} {ssh.IdentityFile} {ssh.CertificateFile} {ssh.ProxyJump?.Name} {ssh.Reattach} {ssh.SessionsPerConnection}",
        CommandTarget command => $"{string.Join('\0', command.Run)} {command.Account} {command.Via} {command.Directory} {string.Join('\0', command.Environment.Select(pair => $"{pair.Key}={pair.Value}"))}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
