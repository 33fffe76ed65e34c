using System.Globalization;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Tenants;

namespace MoshBroker.Http.Access;

/// <summary>A tenant of the policy, in the words of the page.</summary>
internal static class TenantViews
{
    public static TenantView Of(Tenant tenant, IReadOnlyList<SessionView> live, Func<TenantTargetView, TenantTargetView> withHealth)
    {
        TenantRules rules = tenant.Rules;
        List<FactView> facts =
        [
            new("Sessions a user", rules.SessionsPerUser?.ToString(CultureInfo.InvariantCulture) ?? "no limit"),
            new("Ends without a key for", Span(rules.Limits.Idle)),
            new("Ends after", Span(rules.Limits.Absolute)),
            new("Bandwidth", rules.Limits.BytesPerSecond is { } rate ? $"{rate} bytes/s a session" : "no limit"),
            new("CPU", rules.Limits.CpuPercent is { } share ? $"{share} % of a core a session" : "no limit"),
            new("Recording", $"{Word(rules.Recording)}; if it cannot be written: {Word(rules.OnRecordingFailure)}"),
            new("A right is taken away", $"{Word(rules.OnRevocation)} the session"),
            new("A lease ends", $"{Word(rules.OnExpiry)} the session"),
            new("Watching", rules.ShowsWatchers ? "is shown to the watched" : "is not shown to the watched"),
            new("Default target", tenant.DefaultTarget?.Name ?? "none"),
            new("Certificates", tenant.CertificateAuthorities.Count == 0 ? "none" : $"{tenant.CertificateAuthorities.Count} authorit{(tenant.CertificateAuthorities.Count == 1 ? "y" : "ies")}"),
            new("Revoked", tenant.Revoked.Count.ToString(CultureInfo.InvariantCulture)),
        ];
        ILookup<string, SessionView> byUser = live.ToLookup(session => session.User, StringComparer.Ordinal);
        Dictionary<string, HashSet<string>> reach = tenant.Targets.Keys.ToDictionary(name => name, _ => new HashSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);
        foreach (PolicyUser user in tenant.Users.Values)
        {
            foreach (string target in TargetsOf(user)) { reach[target].Add(user.Name); }
        }

        return new TenantView(
            tenant.Name,
            live.Count,
            rules.Sessions,
            rules.Networks.ToString(),
            tenant.Users.Count,
            [.. tenant.Users.Values.OrderBy(user => user.Name, StringComparer.Ordinal).Take(TenantView.MaxUsers).Select(user => new TenantUserView(
                user.Name, string.Join(", ", user.Groups), string.Join(", ", user.Roles.Select(Word)), TargetsOf(user), byUser[user.Name].Count(), user.Sessions, user.Until))],
            [.. tenant.Targets.Values.OrderBy(target => target.Name, StringComparer.Ordinal).Select(target => withHealth(new TenantTargetView(
                target.Name,
                target is SshTarget ? "ssh" : "command",
                target switch
                {
                    SshTarget ssh => $"{ssh.User}@{ssh.Host}{(ssh.Port == 22 ? "" : $":{ssh.Port}")}{(ssh.ProxyJump is { } jump ? $" by {jump.Name}" : "")}",
                    CommandTarget command => $"{string.Join(' ', command.Run)} as {command.Account}",
                    _ => "",
                },
                reach[target.Name].Count,
                live.Count(session => session.Target == target.Name))))],
            facts);
    }

    private static IReadOnlyList<string> TargetsOf(PolicyUser user) =>
        [.. user.Rules.SelectMany(rule => rule.Targets).Select(target => target.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static string Span(TimeSpan? span) => span switch
    {
        null => "never",
        { TotalHours: >= 1 } hours => string.Create(CultureInfo.InvariantCulture, $"{hours.TotalHours:0.#} h"),
        { } minutes => string.Create(CultureInfo.InvariantCulture, $"{minutes.TotalMinutes:0.#} min"),
    };
}
