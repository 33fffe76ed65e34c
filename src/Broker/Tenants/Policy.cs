using System.Globalization;
using System.Net;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;

namespace MoshBroker.Tenants;

/// <summary>Who may do what: immutable, and every question is a pure function of it, the asker and the time.</summary>
/// <remarks>Names and lines meant for users speak of the asker's own tenant only; another tenant's target is as unknown as one that is nowhere.</remarks>
internal sealed class Policy
{
    public const string DropInTenant = "drop-in";

    private readonly Dictionary<string, Tenant> _tenants;
    private readonly Dictionary<string, PolicyUser> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Tenant> _byAuthority = new(StringComparer.Ordinal);
    private readonly TenantRules? _dropIn;

    public Policy(IReadOnlyList<Tenant> tenants, TenantRules? dropIn, NetworkSet trustedScanners, string digest)
    {
        _tenants = tenants.ToDictionary(tenant => tenant.Name, StringComparer.Ordinal);
        _dropIn = dropIn;
        TrustedScanners = trustedScanners;
        Digest = digest;
        foreach (Tenant tenant in tenants)
        {
            foreach (SshPublicKey authority in tenant.CertificateAuthorities) { _byAuthority[authority.Fingerprint] = tenant; }
            foreach (PolicyUser user in tenant.Users.Values)
            {
                foreach (SshPublicKey key in user.Keys) { _byKey[key.Fingerprint] = user; }
            }
        }

        AllNetworks = NetworkSet.Of(tenants.SelectMany(tenant => tenant.Rules.Networks.Ranges));
    }

    /// <summary>Without a policy file: accounts of this machine open sessions, and there are no tenants.</summary>
    public static Policy None { get; } = new([], TenantRules.Unlimited, NetworkSet.Nowhere, "none");

    public IReadOnlyDictionary<string, Tenant> Tenants => _tenants;

    /// <summary>Null when accounts of this machine may not open sessions.</summary>
    public TenantRules? DropIn => _dropIn;

    /// <summary>The owner's own scanners and probes.</summary>
    public NetworkSet TrustedScanners { get; }

    /// <summary>What is done about unusual traffic.</summary>
    public DetectionPolicy Detections { get; init; } = DetectionPolicy.Default;

    /// <summary>Who may what on the dashboard, for all tenants.</summary>
    public DashboardAccess Dashboard { get; init; } = DashboardAccess.Nobody;

    /// <summary>All tenants' networks together: who may speak to the front door at all.</summary>
    public NetworkSet AllNetworks { get; }

    /// <summary>Of the file's text, short; for logs.</summary>
    public string Digest { get; }

    public PolicyUser? FindUser(string tenant, string user) => _tenants.GetValueOrDefault(tenant)?.Users.GetValueOrDefault(user);

    /// <summary>What somebody may on the dashboard whom an authenticating proxy names: by his name, by his groups, and as a user of tenants. Empty: nothing.</summary>
    public IReadOnlyList<AccessGrant> GrantsOf(string user, IReadOnlyCollection<string> groups, DateTimeOffset now)
    {
        List<AccessGrant> grants = [.. Dashboard.Users.GetValueOrDefault(user) ?? []];
        foreach (string group in groups) { grants.AddRange(Dashboard.Groups.GetValueOrDefault(group) ?? []); }
        foreach (Tenant tenant in _tenants.Values)
        {
            if (!tenant.Users.TryGetValue(user, out PolicyUser? found) || now >= found.Until) { continue; }
            grants.AddRange(found.Roles.Select(role => new AccessGrant(role, tenant.Name, found.MayWatch)));
        }

        return grants;
    }

    /// <summary>Who it is that proved this.</summary>
    public Identity Identify(Credential credential, DateTimeOffset now) => credential switch
    {
        Credential.Key key => IdentifyKey(key),
        Credential.Certificate certificate => IdentifyCertificate(certificate, now),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>May the user have a session, from there, with that target, now?</summary>
    /// <param name="target">Null for the tenant's default.</param>
    /// <param name="counts">What lives now, for the quotas; default for a session that lives already.</param>
    /// <param name="source">Where the user is; null when it is not asked, because his datagrams are.</param>
    public static Decision Decide(PolicyUser user, Credential credential, IPAddress? source, string? target, DateTimeOffset now, SessionCounts counts)
    {
        Tenant tenant = user.Tenant;
        if (Standing(user, source, now) is { } denial) { return new Decision(null, denial); }

        Target? found = target is null ? tenant.DefaultTarget : tenant.Targets.GetValueOrDefault(target);
        if (found is null)
        {
            return target is null
                ? Decision.Deny(DenyReason.NoDefaultTarget, "name a target; 'list' shows yours", $"{user} named no target, and {tenant.Name} has no default_target")
                : Decision.Deny(DenyReason.TargetUnknown, $"there is no target '{Shown(target)}'", $"{tenant.Name} has no target '{Shown(target)}'");
        }

        (AccessRule? rule, DateTimeOffset end, Decision refused) = FindRule(user, found, source, now);
        if (rule is null) { return refused; }
        if (Quota(user, counts) is { } quota) { return new Decision(null, quota); }

        Lease lease = Lease.Endless.Until(user.Until, "your access").Until(end, end == rule.Until ? "your grant" : "your time window");
        if (credential is Credential.Certificate certificate) { lease = lease.Until(certificate.ValidBefore, "your certificate"); }
        return new Decision(
            new Admission
            {
                Tenant = tenant.Name,
                User = user.Name,
                Target = found,
                Credential = credential,
                Networks = user.Networks.Intersect(rule.From),
                Rules = tenant.Rules,
                Limits = user.Limits,
                Lease = lease,
            },
            null);
    }

    /// <summary>The same for a session that lives: with the credential that began it, is it still allowed, and with which limits?</summary>
    /// <remarks>Where its client is just now decides nothing: from a network that is no longer allowed, its datagrams count no more.</remarks>
    public Decision DecideAgain(Admission admission, DateTimeOffset now)
    {
        if (admission.Credential is not { } credential) { return DecideDropIn(admission.User, default); }
        return DecideAgain(admission.Tenant, admission.User, credential, admission.Target?.Name, now);
    }

    /// <summary>The same for a session of a process before this one, whose policy may have been another.</summary>
    /// <param name="target">Null for a session that was the menu.</param>
    public Decision DecideAgain(string tenant, string userName, Credential credential, string? target, DateTimeOffset now)
    {
        Identity identity = Identify(credential, now);
        if (identity.User is not { } user) { return new Decision(null, identity.Denial); }
        if (user.Name == userName && user.Tenant.Name == tenant)
        {
            return target is not null ? Decide(user, credential, null, target, now, default) : DecideLobby(user, credential, null, now);
        }

        return Decision.Deny(DenyReason.Revoked, "your access has been withdrawn", $"the key is {user}'s now, no longer {userName}@{tenant}'s");
    }

    /// <summary>May the user look at the menu?</summary>
    public static Decision DecideLobby(PolicyUser user, Credential credential, IPAddress? source, DateTimeOffset now)
    {
        if (Standing(user, source, now) is { } denial) { return new Decision(null, denial); }
        Lease lease = Lease.Endless.Until(user.Until, "your access");
        if (credential is Credential.Certificate certificate) { lease = lease.Until(certificate.ValidBefore, "your certificate"); }
        return new Decision(
            new Admission
            {
                Tenant = user.Tenant.Name,
                User = user.Name,
                Credential = credential,
                Networks = user.Networks,
                Rules = user.Tenant.Rules,
                Limits = user.Limits,
                Lease = lease,
            },
            null);
    }

    /// <summary>May the user watch a session of that owner?</summary>
    public static bool MayWatch(PolicyUser user, Admission watched) =>
        watched.Tenant == user.Tenant.Name && (user.MayWatch || watched.User == user.Name);

    /// <summary>The targets that rules name for the user and that are closed to him now, with the reason for him; by name.</summary>
    public static IReadOnlyList<(Target Target, string Why)> ClosedTargetsOf(PolicyUser user, IPAddress source, DateTimeOffset now)
    {
        if (Standing(user, source, now) is not null) { return []; }
        HashSet<Target> targets = new(ReferenceEqualityComparer.Instance);
        foreach (AccessRule rule in user.Rules) { targets.UnionWith(rule.Targets); }
        foreach (AccessRule rule in user.Rules)
        {
            if (rule.From.Contains(source) && rule.EndsAt(now) is not null) { targets.ExceptWith(rule.Targets); }
        }

        return [.. targets.OrderBy(target => target.Name, StringComparer.Ordinal).Select(target => (target, FindRule(user, target, source, now).Refused.Denial!.UserLine))];
    }

    /// <summary>May an account of this machine have one more session?</summary>
    public Decision DecideDropIn(string account, SessionCounts counts)
    {
        if (_dropIn is not { } rules) { return Decision.Deny(DenyReason.DropInOff, "this broker takes sessions by its front door only", "drop_in.allow is false"); }
        if (rules.SessionsPerUser <= counts.OfUser) { return TooMany(rules.SessionsPerUser.Value, $"account {account}"); }
        if (rules.Sessions <= counts.OfTenant) { return AllTaken(DropInTenant, rules.Sessions.Value); }
        return new Decision(
            new Admission { Tenant = DropInTenant, User = account, Networks = rules.Networks, Rules = rules, Limits = rules.Limits, Lease = Lease.Endless }, null);
    }

    /// <summary>What the user can reach from there now, by name; for the menu and for <c>list</c>.</summary>
    public static IReadOnlyList<Target> TargetsOf(PolicyUser user, IPAddress source, DateTimeOffset now)
    {
        if (Standing(user, source, now) is not null) { return []; }
        HashSet<Target> targets = new(ReferenceEqualityComparer.Instance);
        foreach (AccessRule rule in user.Rules)
        {
            if (rule.From.Contains(source) && rule.EndsAt(now) is not null) { targets.UnionWith(rule.Targets); }
        }

        return [.. targets.OrderBy(target => target.Name, StringComparer.Ordinal)];
    }

    private static Decision TooMany(int most, string who) => Decision.Deny(
        DenyReason.UserQuota, $"you have {most} {(most == 1 ? "session" : "sessions")}, as many as you may: end one first", $"{who} has as many sessions as allowed ({most})");

    private static Decision AllTaken(string tenant, int most) => Decision.Deny(
        DenyReason.TenantQuota, "no more sessions are to be had just now: try again later, or ask your administrator", $"{tenant} has as many sessions as allowed ({most})");

    private static string Shown(string name) => Reading.PolicyNode.Shown(name);

    private static string At(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static Identity Nobody(DenyReason reason, string userLine, string explanation) => new(null, new Denial(reason, userLine, explanation));

    /// <summary>What is asked of the user before any target: that his time is not over, and that he is where he may be.</summary>
    private static Denial? Standing(PolicyUser user, IPAddress? source, DateTimeOffset now)
    {
        if (now >= user.Until) { return new Denial(DenyReason.UserExpired, $"your access ended on {At(user.Until.Value)}", $"{user} (line {user.Line}): until {At(user.Until.Value)}"); }
        return source is null || user.Networks.Contains(source)
            ? null
            : new Denial(DenyReason.Network, "you may not connect from this network", $"{source} is outside the networks of {user} (line {user.Line}): {user.Networks}");
    }

    /// <summary>Why the user can't have one more session; null when he can.</summary>
    public static Denial? Quota(PolicyUser user, SessionCounts counts)
    {
        if (user.Sessions <= counts.OfUser) { return TooMany(user.Sessions.Value, user.ToString()).Denial; }
        return user.Tenant.Rules.Sessions <= counts.OfTenant ? AllTaken(user.Tenant.Name, user.Tenant.Rules.Sessions.Value).Denial : null;
    }

    /// <summary>The rule that allows the target for the longest; or the reason that comes nearest to allowing it.</summary>
    private static (AccessRule? Rule, DateTimeOffset End, Decision Refused) FindRule(PolicyUser user, Target target, IPAddress? source, DateTimeOffset now)
    {
        (AccessRule? best, DateTimeOffset bestEnd) = (null, default);
        AccessRule? expired = null, closed = null, elsewhere = null;
        foreach (AccessRule rule in user.Rules)
        {
            if (!rule.Targets.Contains(target)) { continue; }
            if (now >= rule.Until) { expired = rule; }
            else if (source is not null && !rule.From.Contains(source)) { elsewhere = rule; }
            else if (rule.EndsAt(now) is not { } end) { closed = rule; }
            else if (best is null || end > bestEnd) { (best, bestEnd) = (rule, end); }
        }

        if (best is not null) { return (best, bestEnd, default); }
        if (closed is not null)
        {
            string windows = string.Join("; ", closed.Windows);
            return (null, default, Decision.Deny(
                DenyReason.OutsideWindow, $"{target.Name} is open to you at other times: {windows}", $"the rule of line {closed.Line} ({closed.Who}) has windows {windows}; it is {At(now)}"));
        }

        if (elsewhere is not null)
        {
            return (null, default, Decision.Deny(
                DenyReason.Network, $"{target.Name} is not open to you from this network", $"{source} is outside 'from' of the rule of line {elsewhere.Line} ({elsewhere.Who}): {elsewhere.From}"));
        }

        return (null, default, expired is not null
            ? Decision.Deny(
                DenyReason.GrantExpired, $"your grant for {target.Name} ended on {At(expired.Until!.Value)}", $"the rule of line {expired.Line} ({expired.Who}) ended on {At(expired.Until.Value)}")
            : Decision.Deny(DenyReason.TargetNotAllowed, $"you may not reach {target.Name}", $"no rule of {user.Tenant.Name} gives {user} (line {user.Line}) the target {target.Name} (line {target.Line})"));
    }

    private Identity IdentifyKey(Credential.Key key)
    {
        if (!_byKey.TryGetValue(key.Fingerprint, out PolicyUser? user))
        {
            return Nobody(DenyReason.UnknownKey, "your key is not known here", $"no user has the key {key.Fingerprint}");
        }

        return user.Tenant.Revoked.Contains(key.Fingerprint)
            ? Nobody(DenyReason.Revoked, "your key has been revoked", $"{user.Tenant.Name} has revoked {key.Fingerprint} of {user}")
            : new Identity(user, null);
    }

    private Identity IdentifyCertificate(Credential.Certificate certificate, DateTimeOffset now)
    {
        if (!_byAuthority.TryGetValue(certificate.Authority, out Tenant? tenant))
        {
            return Nobody(DenyReason.UnknownAuthority, "your certificate is not known here", $"no tenant has the CA {certificate.Authority}");
        }

        if (tenant.Revoked.Contains(certificate.Fingerprint) || tenant.Revoked.Contains($"serial:{certificate.Serial}") || tenant.Revoked.Contains($"id:{certificate.KeyId}"))
        {
            return Nobody(DenyReason.Revoked, "your certificate has been revoked", $"{tenant.Name} has revoked serial {certificate.Serial}, id '{Shown(certificate.KeyId)}', key {certificate.Fingerprint}");
        }

        if (now >= certificate.ValidBefore) { return Nobody(DenyReason.CertificateExpired, $"your certificate ended on {At(certificate.ValidBefore)}", $"serial {certificate.Serial} ended on {At(certificate.ValidBefore)}"); }
        if (now < certificate.ValidAfter) { return Nobody(DenyReason.CertificateNotYetValid, $"your certificate begins on {At(certificate.ValidAfter)}", $"serial {certificate.Serial} begins on {At(certificate.ValidAfter)}"); }
        if (tenant.Rules.MaxCertificateLifetime is { } most && certificate.ValidBefore - certificate.ValidAfter > most)
        {
            return Nobody(DenyReason.CertificateTooLong, $"your certificate is valid for longer than {most.TotalHours:0.#} h: ask for a shorter one", $"serial {certificate.Serial} is valid for longer than max_certificate of {tenant.Name}");
        }

        PolicyUser? user = null;
        foreach (string principal in certificate.Principals)
        {
            if (!tenant.Principals.TryGetValue(principal, out PolicyUser? named) || named == user) { continue; }
            if (user is not null) { return Nobody(DenyReason.AmbiguousPrincipal, "your certificate names more than one user", $"serial {certificate.Serial} names {user.Name} and {named.Name} of {tenant.Name}"); }
            user = named;
        }

        return user is not null
            ? new Identity(user, null)
            : Nobody(DenyReason.UnknownPrincipal, "your certificate names nobody who is known here", $"{tenant.Name} has no user with one of the principals of serial {certificate.Serial}");
    }
}
