using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;

namespace MoshBroker.Tenants.Reading;

/// <summary>The policy file, key by key: the only description of it. The reader, the JSON schema and the reference page's tables follow it.</summary>
internal static class PolicyShapes
{
    private static readonly Field<TimeSpan> Idle = new("idle", Scalars.Duration, "A session ends after so long without a key.");
    private static readonly Field<TimeSpan> Absolute = new("absolute", Scalars.Duration, "A session ends so long after it began.");
    private static readonly Field<TimeSpan> Warning = new("warning", Scalars.Duration, "How long before an end the screen says so; 5m if left out.");
    private static readonly Field<long> Bandwidth = new("bandwidth", Scalars.ByteCount, "Bytes a second towards the client.");
    private static readonly Field<int> Cpu = new("cpu_percent", Scalars.Number(1, 100), "Share of one core for the session's terminal.");

    private static readonly ObjectShape<LimitsDraft> Limits = new("limits", [Idle, Absolute, Warning, Bandwidth, Cpu], (node, faults) => new LimitsDraft(
        Maybe(Idle, node, faults), Maybe(Absolute, node, faults), Maybe(Warning, node, faults), Maybe(Bandwidth, node, faults), Maybe(Cpu, node, faults)));

    private static readonly LocatedShape<string> Reference = new(Scalars.Name);

    private static readonly Field<IReadOnlyList<AddressRange>> Networks = new(
        "networks", new ListShape<AddressRange>(Scalars.Network), "Where clients may be: checked at the SSH leg, at the first datagram and at every roam.");

    private static readonly Field<IReadOnlyList<AddressRange>> TenantNetworks = new(
        "networks", new ListShape<AddressRange>(Scalars.Network),
        "Where clients may be: checked at the SSH leg, at the first datagram and at every roam. For everywhere write 0.0.0.0/0 and ::/0.", isRequired: true);

    private static readonly Field<IReadOnlyList<Located<PortSource>>> Ports = new(
        "ports", new ListShape<Located<PortSource>>(new LocatedShape<PortSource>(Scalars.Ports)), "UDP ports of the sessions, within the broker's --ports; all of those if left out.");

    private static readonly Field<int> Sessions = new("sessions", Scalars.Number(0, 1_000_000), "Sessions at one time, all users together.");
    private static readonly Field<int> SessionsPerUser = new("sessions_per_user", Scalars.Number(0, 100_000), "Sessions of one user at one time.");
    private static readonly Field<LimitsDraft> LimitsField = new("limits", Limits, "What one session may use; no limit where a key is left out.");

    private static readonly Field<RecordingMode> Mode = new("mode", Scalars.Word<RecordingMode>(), "Whether terminals are recorded; off if left out.");
    private static readonly Field<RecordingFailure> OnFailure = new(
        "on_failure", Scalars.Word<RecordingFailure>(), "When a required recording cannot be written: refuse the session (if left out), or pause it.");

    private static readonly Field<RecordingDraft> Recording = new(
        "recording",
        new ObjectShape<RecordingDraft>("mode and on_failure", [Mode, OnFailure], (node, faults) => new RecordingDraft(
            Mode.Of(node, faults, RecordingMode.Off), OnFailure.Of(node, faults, RecordingFailure.Refuse))),
        "Recording of terminals; keys are never recorded.");

    private static readonly Field<bool> Scrollback = new("scrollback", Scalars.Boolean, "Whether rows that leave the screen are kept for a while, so that Shift+PageUp shows them; true if left out.");
    private static readonly Field<LossAction> OnRevocation = new(
        "on_revocation", Scalars.Word<LossAction>(), "What becomes of sessions whose key, user or right is taken away: end (if left out) or lock.");

    private static readonly Field<LossAction> OnExpiry = new(
        "on_expiry", Scalars.Word<LossAction>(), "What becomes of sessions at the end of their certificate, grant or time window: lock (if left out) or end.");

    private static readonly Field<TimeSpan> MaxCertificate = new("max_certificate", Scalars.Duration, "Certificates valid for longer are refused.");
    private static readonly Field<LeaseDraft> Leases = new(
        "leases",
        new ObjectShape<LeaseDraft>("on_expiry and max_certificate", [OnExpiry, MaxCertificate], (node, faults) => new LeaseDraft(
            OnExpiry.Of(node, faults, LossAction.Lock), Maybe(MaxCertificate, node, faults))),
        "How long a session's right lasts.");

    private static readonly Field<TimeSpan> AuditRetention = new("audit_retention", Scalars.Duration, "How long audit entries are kept; 365d if left out.");

    private static readonly Field[] CommonRules = [Ports, Sessions, SessionsPerUser, LimitsField, Recording, Scrollback, OnRevocation, Leases, AuditRetention];

    private static readonly Field<IReadOnlyList<Located<SshPublicKey>>> Keys = new(
        "keys", new ListShape<Located<SshPublicKey>>(new LocatedShape<SshPublicKey>(Scalars.UserKey)), "SSH public keys; each in one place of the policy only. RSA from 3072 bits.");

    private static readonly Field<IReadOnlyList<Located<string>>> Principals = new(
        "principals", new ListShape<Located<string>>(new LocatedShape<string>(Scalars.Principal)), "Certificate principals that are this user; the tenant has a CA then.");

    private static readonly Field<IReadOnlyList<Located<string>>> GroupsOf = new("groups", new ListShape<Located<string>>(Reference), "Groups of this tenant.");
    private static readonly Field<IReadOnlyList<Located<string>>> UsersOf = new("users", new ListShape<Located<string>>(Reference), "Users of this tenant.");
    private static readonly Field<DateTimeOffset> UserUntil = new("until", Scalars.Moment, "When the user's access is over.");
    private static readonly Field<int> UserSessions = new("sessions", Scalars.Number(0, 100_000), "Instead of the tenant's sessions_per_user.");
    private static readonly Field<LimitsDraft> UserLimits = new("limits", Limits, "Instead of the tenant's, key by key.");
    private static readonly Field<IReadOnlyList<DashboardRole>> Roles = new(
        "roles", new ListShape<DashboardRole>(Scalars.Word<DashboardRole>()), "On the dashboard and the API, for this tenant.");

    private static readonly ObjectShape<UserDraft> User = new(
        "a user: keys, principals, groups, …", [Keys, Principals, GroupsOf, Networks, UserUntil, UserSessions, UserLimits, Roles], (node, faults) => new UserDraft(
            Keys.Of(node, faults, []), Principals.Of(node, faults, []), GroupsOf.Of(node, faults, []), Networks.Of(node, faults, null!), Maybe(UserUntil, node, faults),
            Maybe(UserSessions, node, faults), UserLimits.Of(node, faults, null!), Roles.Of(node, faults, [])));

    // A group may have nothing but its name.
    private static readonly ObjectShape<GroupDraft> Group = new("a group: networks and roles, or {}", [Networks, Roles], (node, faults) => new GroupDraft(
        Networks.Of(node, faults, null!), Roles.Of(node, faults, [])));

    private static readonly Field<IReadOnlyList<string>> Run = new("run", new ListShape<string>(Scalars.Text), "Program and arguments; no shell reads them.", isRequired: true);
    private static readonly Field<Located<string>> RunAs = new(
        "user", new LocatedShape<string>(Scalars.Account), "The account that it runs as, never the broker's own.", isRequired: true);

    private static readonly Field<Launcher> Via = new(
        "via", Scalars.Word<Launcher>(), "How it becomes that account: broker (if left out; the broker is root), setpriv or systemd_run.");

    private static readonly Field<string> Directory = new("directory", Scalars.AbsolutePath, "Where it starts; the account's home if left out.");
    private static readonly Field<IReadOnlyList<Named<string>>> EnvironmentField = new(
        "environment", new MapShape<string>(Scalars.Variable, Scalars.Text), "Variables besides HOME, USER, SHELL, PATH, TERM and LANG.");

    private static readonly Field<CommandDraft> Command = new(
        "command",
        new ObjectShape<CommandDraft>("run, user, via, …", [Run, RunAs, Via, Directory, EnvironmentField], (node, faults) => new CommandDraft(
            Run.Of(node, faults, []), RunAs.Of(node, faults, default), Via.Of(node, faults, Launcher.Broker), Directory.Of(node, faults, null!), EnvironmentField.Of(node, faults, []))),
        "A program on the broker's machine.");

    private static readonly Field<string> Host = new("host", Scalars.Host, "Name or address.", isRequired: true);
    private static readonly Field<int> Port = new("port", Scalars.Number(1, 65535), "22 if left out.");
    private static readonly Field<string> Login = new("user", Scalars.Account, "The login name there.", isRequired: true);
    private static readonly Field<IReadOnlyList<SshPublicKey>> HostKeys = new(
        "host_keys", new ListShape<SshPublicKey>(Scalars.HostKey), "The only host keys that are believed.", isRequired: true);

    private static readonly Field<string> IdentityFile = new("identity_file", Scalars.AbsolutePath, "The private key that logs in there.", isRequired: true);
    private static readonly Field<string> Certificate = new("certificate", Scalars.AbsolutePath, "The identity's certificate.");
    private static readonly Field<Located<string>> ProxyJump = new("proxy_jump", Reference, "The ssh target that the connection goes through.");
    private static readonly Field<string> Reattach = new(
        "reattach", Scalars.Template, "Run there when the connection broke, so that the session goes on: tmux new -A -s broker-{session}.");

    private static readonly Field<int> PerConnection = new("sessions_per_connection", Scalars.Number(1, 64), "Sessions that share one connection; 8 if left out.");
    private static readonly Field<SshDraft> Ssh = new(
        "ssh",
        new ObjectShape<SshDraft>("host, user, host_keys, identity_file, …", [Host, Port, Login, HostKeys, IdentityFile, Certificate, ProxyJump, Reattach, PerConnection], (node, faults) =>
            new SshDraft(
                Host.Of(node, faults, ""), Port.Of(node, faults, 22), Login.Of(node, faults, ""), HostKeys.Of(node, faults, []), IdentityFile.Of(node, faults, ""),
                Certificate.Of(node, faults, null!), Maybe(ProxyJump, node, faults), Reattach.Of(node, faults, null!),
                PerConnection.Of(node, faults, SshTarget.DefaultSessionsPerConnection))),
        "A host that is reached by ssh.");

    private static readonly ObjectShape<TargetDraft> Target = new(
        "a target: command or ssh", [Command, Ssh], (node, faults) => new TargetDraft(Command.Of(node, faults, null!), Ssh.Of(node, faults, null!)), ["command", "ssh"]);

    private static readonly Field<IReadOnlyList<DayOfWeek[]>> Days = new("days", new ListShape<DayOfWeek[]>(Scalars.Days), "Every day if left out.");
    private static readonly Field<TimeSpan> From = new("from", Scalars.TimeOfDay, "\"00:00\" if left out.");
    private static readonly Field<TimeSpan> To = new("to", Scalars.TimeOfDay, "\"24:00\" if left out; not after from: on the next day.");
    private static readonly Field<TimeZoneInfo> Zone = new("zone", Scalars.Zone, "UTC if left out.");
    private static readonly ObjectShape<WindowDraft> Window = new("days, from, to and zone", [Days, From, To, Zone], (node, faults) => new WindowDraft(
        Days.Of(node, faults, null!), From.Of(node, faults, TimeSpan.Zero), To.Of(node, faults, TimeSpan.FromHours(24)), Zone.Of(node, faults, TimeZoneInfo.Utc)));

    private static readonly Field<IReadOnlyList<Located<string>>> AccessTargets = new(
        "targets", new ListShape<Located<string>>(new LocatedShape<string>(Scalars.TargetPattern)), "Names, or parts of names with one *.", isRequired: true);

    private static readonly Field<IReadOnlyList<Located<WindowDraft>>> When = new(
        "when", new ListShape<Located<WindowDraft>>(new LocatedShape<WindowDraft>(Window)), "Time windows; always if left out. A session does not outlive its window (see leases).");

    private static readonly Field<IReadOnlyList<AddressRange>> AccessFrom = new("from", new ListShape<AddressRange>(Scalars.Network), "Only from these networks.");
    private static readonly Field<DateTimeOffset> AccessUntil = new("until", Scalars.Moment, "When the grant is over.");
    private static readonly ObjectShape<AccessDraft> Access = new("users or groups, and targets", [UsersOf, GroupsOf, AccessTargets, When, AccessFrom, AccessUntil], (node, faults) =>
        new AccessDraft(
            UsersOf.Of(node, faults, []), GroupsOf.Of(node, faults, []), AccessTargets.Of(node, faults, []), When.Of(node, faults, []), AccessFrom.Of(node, faults, null!),
            Maybe(AccessUntil, node, faults)));

    private static readonly Field<bool> Shown = new("shown", Scalars.Boolean, "Whether a watched screen says so; true if left out.");
    private static readonly Field<WatchDraft> Watch = new(
        "watch",
        new ObjectShape<WatchDraft>("users, groups and shown", [UsersOf, GroupsOf, Shown], (node, faults) => new WatchDraft(
            UsersOf.Of(node, faults, []), GroupsOf.Of(node, faults, []), Shown.Of(node, faults, true))),
        "Who may watch others' sessions of this tenant; nobody if left out.");

    private static readonly Field<IReadOnlyList<Located<SshPublicKey>>> Authorities = new(
        "certificate_authorities", new ListShape<Located<SshPublicKey>>(new LocatedShape<SshPublicKey>(Scalars.UserKey)), "Public keys of the CAs that sign for users of this tenant.");

    private static readonly Field<IReadOnlyList<Located<string>>> Revoked = new(
        "revoked", new ListShape<Located<string>>(new LocatedShape<string>(Scalars.Revocation)), "Keys and certificates that count no more: SHA256:…, serial:N, id:KEYID.");

    private static readonly Field<IReadOnlyList<Named<UserDraft>>> Users = new("users", new MapShape<UserDraft>(Scalars.Name, User), "People, by name.");
    private static readonly Field<IReadOnlyList<Named<GroupDraft>>> Groups = new("groups", new MapShape<GroupDraft>(Scalars.Name, Group), "Groups, by name.");
    private static readonly Field<IReadOnlyList<Named<TargetDraft>>> Targets = new("targets", new MapShape<TargetDraft>(Scalars.Name, Target), "Where sessions land, by name.");
    private static readonly Field<IReadOnlyList<Located<AccessDraft>>> AccessField = new(
        "access", new ListShape<Located<AccessDraft>>(new LocatedShape<AccessDraft>(Access)), "Who may reach what; what no item allows is denied.");

    private static readonly Field<Located<string>> DefaultTarget = new("default_target", Reference, "Where somebody lands who names no target; a menu if left out.");

    private static readonly ObjectShape<TenantDraft> Tenant = new(
        "a tenant: networks, users, targets, access, …",
        [TenantNetworks, Authorities, Revoked, Users, Groups, Targets, AccessField, DefaultTarget, Watch, .. CommonRules],
        (node, faults) => new TenantDraft(
            ReadRules(TenantNetworks, node, faults), Watch.Of(node, faults, null!), Authorities.Of(node, faults, []), Revoked.Of(node, faults, []), Users.Of(node, faults, []),
            Groups.Of(node, faults, []), Targets.Of(node, faults, []), AccessField.Of(node, faults, []), Maybe(DefaultTarget, node, faults)));

    private static readonly Field<bool> Allow = new("allow", Scalars.Boolean, "Whether accounts of this machine may open sessions; true if left out.");
    private static readonly Field<DropInDraft> DropIn = new(
        "drop_in",
        new ObjectShape<DropInDraft>("allow, networks, sessions_per_user, …", [Allow, Networks, .. CommonRules], (node, faults) => new DropInDraft(
            Allow.Of(node, faults, true), ReadRules(Networks, node, faults))),
        "Sessions that accounts of this machine open by 'mosh --server=\"moshbroker open\"'.");

    private static readonly Field<int> Version = new("version", Scalars.Number(1, 1), "Of this format: 1.", isRequired: true);
    private static readonly Field<IReadOnlyList<AddressRange>> TrustedScanners = new(
        "trusted_scanners", new ListShape<AddressRange>(Scalars.Network), "Your own port scanners and probes, which raise no alarm and are never blocked.");

    private static readonly Field<IReadOnlyList<Located<DetectionRule>>> DetectionRulesOf = new(
        "rules", new ListShape<Located<DetectionRule>>(new LocatedShape<DetectionRule>(Scalars.Word<DetectionRule>())), "What must have been detected; each rule in one response only.", isRequired: true);

    private static readonly Field<int> Sample = new("sample", Scalars.Number(2, 1000), "On a shared port, one in so many datagrams from networks where no client was during the last day is looked at.");
    private static readonly Field<TimeSpan> Block = new("block", Scalars.Duration, "Networks (/24, /48) that most of it comes from are turned away for so long; never one where a client is.");
    private static readonly Field<bool> LockSessions = new("lock", Scalars.Boolean, "The sessions that it is about are locked; false if left out.");
    private static readonly Field<bool> Notifies = new("notify", Scalars.Boolean, "The command of 'notify' is told when it begins and when it is over; false if left out.");
    private static readonly ObjectShape<ResponseDraft> Response = new("rules, and sample, block, lock or notify", [DetectionRulesOf, Sample, Block, LockSessions, Notifies], (node, faults) =>
        new ResponseDraft(DetectionRulesOf.Of(node, faults, []), Maybe(Sample, node, faults), Maybe(Block, node, faults), LockSessions.Of(node, faults, false), Notifies.Of(node, faults, false)));

    private static readonly Field<bool> Tripwires = new(
        "tripwires", Scalars.Boolean, "Whether up to 8 ports of 60001-60999 are held that nothing uses, where all sessions share a port; true if left out. Read at start.");

    private static readonly Field<IReadOnlyList<Located<int>>> TripwirePortsField = new(
        "tripwire_ports", new ListShape<Located<int>>(new LocatedShape<int>(Scalars.Number(1, 65535))), "The ports to hold instead, at most 8, whatever the sessions' ports are. Read at start.");

    private static readonly Field<IReadOnlyList<Located<ResponseDraft>>> Responses = new(
        "responses", new ListShape<Located<ResponseDraft>>(new LocatedShape<ResponseDraft>(Response)), "What is done besides telling; nothing if left out.");

    private static readonly Field<bool> Nftables = new(
        "nftables", Scalars.Boolean, "Blocks go into the sets of 'moshbroker firewall' too; the broker needs CAP_NET_ADMIN for it. False if left out.");

    private static readonly Field<IReadOnlyList<Located<string>>> Notify = new(
        "notify", new ListShape<Located<string>>(new LocatedShape<string>(Scalars.Text)), "A program by its absolute path, and arguments; no shell reads them. It gets the detection as JSON on stdin, runs as the broker's account, and has 10 s.");

    private static readonly Field<DetectionDraft> Detections = new(
        "detections",
        new ObjectShape<DetectionDraft>("tripwires, tripwire_ports, responses, nftables and notify", [Tripwires, TripwirePortsField, Responses, Nftables, Notify], (node, faults) => new DetectionDraft(
            Tripwires.Of(node, faults, true), TripwirePortsField.Of(node, faults, []), Responses.Of(node, faults, []), Nftables.Of(node, faults, false), Notify.Of(node, faults, []))),
        "What is done about unusual traffic, which is detected and told in any case.");

    private static readonly Field<IReadOnlyList<DashboardRole>> RolesOfAll = new(
        "roles", new ListShape<DashboardRole>(Scalars.Word<DashboardRole>()), "For all tenants, and for the node itself.", isRequired: true);

    private static readonly Field<bool> MayWatch = new("watch", Scalars.Boolean, "Whether live screens may be seen; false if left out.");
    private static readonly ObjectShape<DashboardDraft> DashboardEntry = new("roles and watch", [RolesOfAll, MayWatch], (node, faults) =>
        new DashboardDraft(RolesOfAll.Of(node, faults, []), MayWatch.Of(node, faults, false)));

    private static readonly Field<IReadOnlyList<Named<DashboardDraft>>> DashboardUsers = new(
        "users", new MapShape<DashboardDraft>(Scalars.Principal, DashboardEntry), "By the name that the proxy gives.");

    private static readonly Field<IReadOnlyList<Named<DashboardDraft>>> DashboardGroups = new(
        "groups", new MapShape<DashboardDraft>(Scalars.Principal, DashboardEntry), "By the group that the proxy gives.");

    private static readonly Field<DashboardAccessDraft> DashboardField = new(
        "dashboard",
        new ObjectShape<DashboardAccessDraft>("users and groups", [DashboardUsers, DashboardGroups], (node, faults) => new DashboardAccessDraft(
            DashboardUsers.Of(node, faults, []), DashboardGroups.Of(node, faults, []))),
        "Who may what on the dashboard, for those whom an authenticating proxy names (--http-proxy); a tenant's users have their roles there.");

    private static readonly Field<IReadOnlyList<Named<TenantDraft>>> Tenants = new("tenants", new MapShape<TenantDraft>(Scalars.Name, Tenant), "Tenants, by name.");

    /// <summary>The whole file.</summary>
    public static ObjectShape<PolicyDraft> Policy { get; } = new("version and tenants", [Version, TrustedScanners, Detections, DashboardField, DropIn, Tenants], (node, faults) =>
    {
        Version.Of(node, faults, 1);
        return new PolicyDraft(TrustedScanners.Of(node, faults, []), Detections.Of(node, faults, null!), DashboardField.Of(node, faults, null!), DropIn.Of(node, faults, null!), Tenants.Of(node, faults, []));
    });

    private static RulesDraft ReadRules(Field<IReadOnlyList<AddressRange>> networks, PolicyNode node, PolicyFaults faults) => new(
        networks.Of(node, faults, null!), Ports.Of(node, faults, []), Maybe(Sessions, node, faults), Maybe(SessionsPerUser, node, faults), LimitsField.Of(node, faults, null!),
        Recording.Of(node, faults, null!), Scrollback.Of(node, faults, true), OnRevocation.Of(node, faults, LossAction.End), Leases.Of(node, faults, null!),
        Maybe(AuditRetention, node, faults));

    private static T? Maybe<T>(Field<T> field, PolicyNode node, PolicyFaults faults)
        where T : struct => node.Find(field.Name) is { } child && ((Shape<T>)field.Shape).TryRead(child, faults, out T value) ? value : null;
}
