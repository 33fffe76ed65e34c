using System.Globalization;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;
using MoshBroker.Tenants.Reading;

namespace MoshBroker.Tenants;

/// <summary>Makes the model of what was read: looks names up, and finds what is wrong between the lines.</summary>
internal sealed class PolicyCompiler(PolicyFaults faults, PolicySurroundings surroundings)
{
    private static readonly string[] ReservedTargets = ["attach", "list", "close", "watch", "menu", "new"];

    private readonly Dictionary<string, (string Owner, int Line)> _keys = new(StringComparer.Ordinal);
    private readonly List<(PortSource Ports, string Owner)> _ports = [];

    /// <summary>The policy; null after a fault.</summary>
    public Policy? Compile(PolicyDraft draft, string digest)
    {
        TenantRules? dropIn = draft.DropIn is { Allow: false } ? null : draft.DropIn is { } rules ? ToRules(rules.Rules, "drop_in") : TenantRules.Unlimited;
        List<Tenant> tenants = [.. draft.Tenants.Select(Compile)];
        DetectionPolicy detections = draft.Detections is { } detecting ? Compile(detecting) : DetectionPolicy.Default;
        return faults.Count > 0 ? null : new Policy(tenants, dropIn, NetworkSet.Of(draft.TrustedScanners), digest) { Detections = detections, Dashboard = Compile(draft.Dashboard) };
    }

    private DetectionPolicy Compile(DetectionDraft draft)
    {
        Dictionary<DetectionRule, DetectionResponse> responses = [];
        foreach (Located<ResponseDraft> item in draft.Responses)
        {
            ResponseDraft response = item.Value;
            if (response is { Sample: null, Block: null, Lock: false, Notify: false }) { faults.Add(item.Node, "does nothing: write sample, block, lock or notify"); }
            if (response.Notify && draft.Notify.Count == 0) { faults.Add(item.Node, "tells nobody: write detections.notify, the command that is told"); }
            foreach (Located<DetectionRule> rule in response.Rules)
            {
                string name = rule.Value.ToName();
                if (!responses.TryAdd(rule.Value, new DetectionResponse(response.Sample, response.Block, response.Lock, response.Notify))) { faults.Add(rule.Node, $"{name} has a response already: write all of it in one"); }
                if (response.Block is not null && !rule.Value.NamesCulprits()) { faults.Add(rule.Node, $"{name} cannot block: its networks are invented, or none are known"); }
                if (response.Lock && !rule.Value.TouchesSessions()) { faults.Add(rule.Node, $"{name} cannot lock: it is about no session in particular"); }
            }
        }

        if (draft.TripwirePorts.Count > TripwirePorts.Most) { faults.Add(draft.TripwirePorts[^1].Node, $"is one port too many: write at most {TripwirePorts.Most}"); }
        if (draft.Notify is [var program, ..] && !program.Value.StartsWith('/')) { faults.Add(program.Node, $"'{PolicyNode.Shown(program.Value)}' is not an absolute path: nothing is looked up in PATH"); }
        return new DetectionPolicy
        {
            HasTripwires = draft.Tripwires,
            TripwirePorts = [.. draft.TripwirePorts.Select(port => port.Value)],
            Responses = responses,
            UsesNftables = draft.Nftables,
            Notify = [.. draft.Notify.Select(word => word.Value)],
        };
    }

    private static DashboardAccess Compile(DashboardAccessDraft? draft)
    {
        static Dictionary<string, IReadOnlyList<AccessGrant>> Of(IReadOnlyList<Named<DashboardDraft>>? named) => (named ?? []).ToDictionary(
            entry => entry.Name, entry => (IReadOnlyList<AccessGrant>)[.. entry.Value.Roles.Select(role => new AccessGrant(role, null, entry.Value.MayWatch))], StringComparer.Ordinal);
        return new DashboardAccess(Of(draft?.Users), Of(draft?.Groups));
    }

    private static NetworkSet ToNetworks(IReadOnlyList<AddressRange>? networks) => networks is null ? NetworkSet.Everywhere : NetworkSet.Of(networks);

    private static SessionLimits Over(SessionLimits under, LimitsDraft? draft) => draft is null ? under : new SessionLimits
    {
        Idle = draft.Idle ?? under.Idle,
        Absolute = draft.Absolute ?? under.Absolute,
        Warning = draft.Warning ?? under.Warning,
        BytesPerSecond = draft.BytesPerSecond ?? under.BytesPerSecond,
        CpuPercent = draft.CpuPercent ?? under.CpuPercent,
    };

    private static int Low(PortSource ports) => ports is PortSource.Range range ? range.Low : ((PortSource.Shared)ports).Port;

    private static int High(PortSource ports) => ports is PortSource.Range range ? range.High : ((PortSource.Shared)ports).Port;

    private Tenant Compile(Named<TenantDraft> named)
    {
        TenantDraft draft = named.Value;
        Tenant tenant = new()
        {
            Name = named.Name,
            Line = named.Node.NameLine,
            Rules = ToRules(draft.Rules, named.Name) with { ShowsWatchers = draft.Watch?.Shown ?? true },
            CertificateAuthorities = [.. draft.Authorities.Select(authority => Claim(authority, $"the CA of {named.Name}"))],
            Revoked = draft.Revoked.Select(item => item.Value).ToHashSet(StringComparer.Ordinal),
        };
        Dictionary<string, GroupDraft> groups = draft.Groups.ToDictionary(group => group.Name, group => group.Value, StringComparer.Ordinal);
        Dictionary<string, NetworkSet> groupNetworks = groups.ToDictionary(group => group.Key, group => ToNetworks(group.Value.Networks), StringComparer.Ordinal);
        tenant.Targets = CompileTargets(draft);
        tenant.DefaultTarget = draft.DefaultTarget is { } reference ? Look(tenant.Targets, reference, "target") : null;

        HashSet<string> watchers = draft.Watch?.Users.Select(user => user.Value).ToHashSet(StringComparer.Ordinal) ?? [];
        HashSet<string> watchingGroups = draft.Watch?.Groups.Select(group => group.Value).ToHashSet(StringComparer.Ordinal) ?? [];
        Dictionary<string, PolicyUser> users = new(draft.Users.Count, StringComparer.Ordinal);
        Dictionary<string, PolicyUser> principals = new(StringComparer.Ordinal);
        foreach (Named<UserDraft> user in draft.Users)
        {
            PolicyUser compiled = Compile(user, tenant, groups, groupNetworks, watchers, watchingGroups);
            users[user.Name] = compiled;
            foreach (Located<string> principal in user.Value.Principals)
            {
                if (!principals.TryAdd(principal.Value, compiled)) { faults.Add(principal.Node, $"is {principals[principal.Value].Name}'s principal already (line {principals[principal.Value].Line}): a principal is one user's"); }
            }
        }

        tenant.Users = users;
        tenant.Principals = principals;
        foreach (Located<string> user in draft.Watch?.Users ?? []) { _ = Look(users, user, "user"); }
        foreach (Located<string> group in draft.Watch?.Groups ?? []) { _ = Look(groups, group, "group"); }
        GiveRules(draft, tenant, groups);
        return tenant;
    }

    private PolicyUser Compile(
        Named<UserDraft> named, Tenant tenant, Dictionary<string, GroupDraft> groups, Dictionary<string, NetworkSet> groupNetworks, HashSet<string> watchers, HashSet<string> watchingGroups)
    {
        UserDraft draft = named.Value;
        if (draft.Keys.Count == 0 && draft.Principals.Count == 0) { faults.AddToKey(named.Node, "has no keys and no principals, so nobody can log in as this user: give one, or leave the user out"); }
        if (draft.Principals.Count > 0 && tenant.CertificateAuthorities.Count == 0) { faults.Add(draft.Principals[0].Node, "principals need a CA: write certificate_authorities in the tenant"); }
        string owner = $"user {named.Name} of {tenant.Name}";
        NetworkSet networks = tenant.Rules.Networks;
        if (draft.Networks is { } own) { networks = networks.Intersect(NetworkSet.Of(own)); }
        HashSet<DashboardRole> roles = [.. draft.Roles];
        foreach (Located<string> group in draft.Groups)
        {
            if (Look(groups, group, "group") is not { } found) { continue; }
            networks = networks.Intersect(groupNetworks[group.Value]);
            roles.UnionWith(found.Roles);
        }

        if (networks.IsEmpty) { faults.AddToKey(named.Node, "can log in from nowhere: the tenant's, the user's and the groups' networks have no address in common"); }
        string[] groupNames = [.. draft.Groups.Select(group => group.Value)];
        return new PolicyUser
        {
            Name = named.Name,
            Tenant = tenant,
            Line = named.Node.NameLine,
            Keys = [.. draft.Keys.Select(key => Claim(key, owner))],
            Principals = [.. draft.Principals.Select(principal => principal.Value)],
            Groups = groupNames,
            Networks = networks,
            Until = draft.Until,
            Limits = Over(tenant.Rules.Limits, draft.Limits),
            Sessions = draft.Sessions ?? tenant.Rules.SessionsPerUser,
            Roles = roles,
            MayWatch = watchers.Contains(named.Name) || Array.Exists(groupNames, watchingGroups.Contains),
        };
    }

    /// <summary>A key says who somebody is: it stands in one place.</summary>
    private SshPublicKey Claim(Located<SshPublicKey> key, string owner)
    {
        if (!_keys.TryAdd(key.Value.Fingerprint, (owner, key.Node.Line)))
        {
            (string first, int line) = _keys[key.Value.Fingerprint];
            faults.Add(key.Node, $"{key.Value.Fingerprint} is a key of {first} already (line {line}): a key stands in one place only");
        }

        return key.Value;
    }

    private T? Look<T>(IReadOnlyDictionary<string, T> known, Located<string> reference, string kind)
        where T : class
    {
        if (known.TryGetValue(reference.Value, out T? found)) { return found; }
        NotFound(reference, kind, known.Keys);
        return null;
    }

    private void NotFound(Located<string> reference, string kind, IEnumerable<string> known)
    {
        string[] first = [.. known.Take(9)];
        string names = first.Length == 0 ? "it has none" : $"known are {string.Join(", ", first.Take(8))}{(first.Length > 8 ? ", …" : "")}";
        faults.Add(reference.Node, $"there is no {kind} '{PolicyNode.Shown(reference.Value)}' in this tenant: {names}");
    }

    private Dictionary<string, Target> CompileTargets(TenantDraft draft)
    {
        Dictionary<string, Target> targets = new(draft.Targets.Count, StringComparer.Ordinal);
        Dictionary<string, Named<TargetDraft>> drafts = draft.Targets.ToDictionary(target => target.Name, StringComparer.Ordinal);
        foreach (Named<TargetDraft> named in draft.Targets)
        {
            if (Array.IndexOf(ReservedTargets, named.Name) >= 0) { faults.AddToKey(named.Node, $"is a reserved word ({string.Join(", ", ReservedTargets)}): choose another name"); }
            _ = ToTarget(named, drafts, targets, []);
        }

        return targets;
    }

    private Target? ToTarget(Named<TargetDraft> named, Dictionary<string, Named<TargetDraft>> drafts, Dictionary<string, Target> done, List<string> path)
    {
        if (done.TryGetValue(named.Name, out Target? target)) { return target; }
        if (named.Value.Command is { } command) { target = ToCommand(named, command); }
        else if (named.Value.Ssh is { } ssh)
        {
            SshTarget? jump = null;
            if (ssh.ProxyJump is { } via)
            {
                if (drafts.TryGetValue(via.Value, out Named<TargetDraft> next)) { jump = ToJump(via, next, drafts, done, [.. path, named.Name]); }
                else { NotFound(via, "target", drafts.Keys); }
            }

            target = new SshTarget
            {
                Name = named.Name,
                Line = named.Node.NameLine,
                Host = ssh.Host,
                Port = ssh.Port,
                User = ssh.User,
                HostKeys = ssh.HostKeys,
                IdentityFile = ssh.IdentityFile,
                CertificateFile = ssh.Certificate,
                ProxyJump = jump,
                Reattach = ssh.Reattach,
                SessionsPerConnection = ssh.SessionsPerConnection,
            };
        }
        else { return null; }

        done[named.Name] = target;
        return target;
    }

    private SshTarget? ToJump(Located<string> via, Named<TargetDraft> next, Dictionary<string, Named<TargetDraft>> drafts, Dictionary<string, Target> done, List<string> path)
    {
        if (next.Value.Ssh is null)
        {
            faults.Add(via.Node, $"'{via.Value}' is no ssh target: a connection goes through ssh targets only");
            return null;
        }

        if (!path.Contains(via.Value, StringComparer.Ordinal)) { return ToTarget(next, drafts, done, path) as SshTarget; }
        faults.Add(via.Node, $"goes round in a circle: {string.Join(" -> ", path)} -> {via.Value}");
        return null;
    }

    private CommandTarget ToCommand(Named<TargetDraft> named, CommandDraft command)
    {
        string account = command.User.Value;
        uint? uid = account.All(char.IsAsciiDigit)
            ? uint.TryParse(account, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null
            : surroundings.FindAccount(account);
        if (uid is null) { faults.Add(command.User.Node, $"there is no account '{account}' on this machine: name one (getent passwd lists them)"); }
        else if (uid == surroundings.Uid && !surroundings.IsDevelopment)
        {
            faults.Add(command.User.Node, $"'{account}' is the broker's own account, whose files hold every key: name another one");
        }
        else if (command.Via == Launcher.Broker && surroundings.Uid != 0 && uid != surroundings.Uid)
        {
            faults.Add(command.User.Node, $"the broker is not root and cannot become '{account}' by itself: write 'via: setpriv' or 'via: systemd_run', or run it as root");
        }

        return new CommandTarget
        {
            Name = named.Name,
            Line = named.Node.NameLine,
            Run = command.Run,
            Account = account,
            Uid = uid ?? 0,
            Via = command.Via,
            Directory = command.Directory,
            Environment = command.Environment.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal),
        };
    }

    private void GiveRules(TenantDraft draft, Tenant tenant, Dictionary<string, GroupDraft> groups)
    {
        Dictionary<string, List<AccessRule>> ofUser = new(StringComparer.Ordinal);
        Dictionary<string, List<AccessRule>> ofGroup = new(StringComparer.Ordinal);
        foreach (Located<AccessDraft> item in draft.Access)
        {
            AccessDraft access = item.Value;
            if (access.Users.Count == 0 && access.Groups.Count == 0) { faults.Add(item.Node, "names nobody: write users or groups"); }
            AccessRule rule = new()
            {
                Line = item.Node.Line,
                Who = string.Join(", ", access.Users.Select(user => $"user {user.Value}").Concat(access.Groups.Select(group => $"group {group.Value}"))),
                Targets = new HashSet<Target>(access.Targets.SelectMany(pattern => Match(pattern, tenant.Targets)), ReferenceEqualityComparer.Instance),
                Windows = [.. access.When.Select(ToWindow)],
                From = ToNetworks(access.From),
                Until = access.Until,
            };
            foreach (Located<string> user in access.Users)
            {
                if (Look(tenant.Users, user, "user") is not null) { Add(ofUser, user.Value, rule); }
            }

            foreach (Located<string> group in access.Groups)
            {
                if (Look(groups, group, "group") is not null) { Add(ofGroup, group.Value, rule); }
            }
        }

        // Most users of a tenant are in the same groups: they share one list.
        Dictionary<string, AccessRule[]> shared = new(StringComparer.Ordinal);
        foreach (PolicyUser user in tenant.Users.Values)
        {
            string key = string.Join(' ', user.Groups);
            if (!shared.TryGetValue(key, out AccessRule[]? rules))
            {
                rules = [.. user.Groups.SelectMany(group => ofGroup.GetValueOrDefault(group, [])).Distinct()];
                shared[key] = rules;
            }

            user.Rules = ofUser.TryGetValue(user.Name, out List<AccessRule>? own) ? [.. own.Union(rules)] : rules;
        }

        static void Add(Dictionary<string, List<AccessRule>> rules, string name, AccessRule rule)
        {
            if (!rules.TryGetValue(name, out List<AccessRule>? list)) { rules[name] = list = []; }
            list.Add(rule);
        }
    }

    private IEnumerable<Target> Match(Located<string> pattern, IReadOnlyDictionary<string, Target> targets)
    {
        int star = pattern.Value.IndexOf('*', StringComparison.Ordinal);
        if (star < 0) { return Look(targets, pattern, "target") is { } one ? [one] : []; }
        (string before, string after) = (pattern.Value[..star], pattern.Value[(star + 1)..]);
        Target[] matching =
        [
            .. targets.Values.Where(target => target.Name.Length >= before.Length + after.Length
                && target.Name.StartsWith(before, StringComparison.Ordinal) && target.Name.EndsWith(after, StringComparison.Ordinal)),
        ];
        if (matching.Length == 0) { faults.Add(pattern.Node, $"no target's name is of the form '{pattern.Value}': the rule would never allow anything"); }
        return matching;
    }

    private TimeWindow ToWindow(Located<WindowDraft> located)
    {
        WindowDraft draft = located.Value;
        if (draft.From == draft.To || draft.From == TimeSpan.FromHours(24)) { faults.Add(located.Node, "has no length: write another from or to, or leave both out for the whole day"); }
        IEnumerable<DayOfWeek> days = draft.Days?.SelectMany(span => span) ?? Enum.GetValues<DayOfWeek>();
        return new TimeWindow(days.ToHashSet(), draft.From, draft.To, draft.Zone);
    }

    private TenantRules ToRules(RulesDraft draft, string owner)
    {
        foreach (Located<PortSource> ports in draft.Ports) { CheckPorts(ports, owner); }
        return new TenantRules
        {
            Networks = ToNetworks(draft.Networks),
            Ports = [.. draft.Ports.Select(ports => ports.Value)],
            Sessions = draft.Sessions,
            SessionsPerUser = draft.SessionsPerUser,
            Limits = Over(SessionLimits.None, draft.Limits),
            Recording = draft.Recording?.Mode ?? RecordingMode.Off,
            OnRecordingFailure = draft.Recording?.OnFailure ?? RecordingFailure.Refuse,
            KeepsScrollback = draft.Scrollback,
            OnRevocation = draft.OnRevocation,
            OnExpiry = draft.Leases?.OnExpiry ?? LossAction.Lock,
            MaxCertificateLifetime = draft.Leases?.MaxCertificate,
            AuditRetention = draft.AuditRetention ?? TenantRules.Unlimited.AuditRetention,
        };
    }

    private void CheckPorts(Located<PortSource> ports, string owner)
    {
        (int low, int high) = (Low(ports.Value), High(ports.Value));
        if (_ports.Find(other => other.Ports != ports.Value && low <= High(other.Ports) && high >= Low(other.Ports)) is { Ports: { } overlapping } found)
        {
            faults.Add(ports.Node, $"overlaps {overlapping} of {found.Owner}: ranges are the same or apart");
        }

        _ports.Add((ports.Value, owner));
        if (surroundings.BrokerPorts is { } broker && !broker.Any(given => given.GetType() == ports.Value.GetType() && low >= Low(given) && high <= High(given)))
        {
            faults.Add(ports.Node, $"is not within the broker's --ports ({string.Join(", ", broker)}): choose from these, or give it more");
        }
    }
}
