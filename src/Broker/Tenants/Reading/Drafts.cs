using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;

namespace MoshBroker.Tenants.Reading;

// What the file says, read and checked word by word; names are not yet looked up. PolicyCompiler makes the model of it.

internal sealed record LimitsDraft(TimeSpan? Idle, TimeSpan? Absolute, TimeSpan? Warning, long? BytesPerSecond, int? CpuPercent);

internal sealed record WatchDraft(IReadOnlyList<Located<string>> Users, IReadOnlyList<Located<string>> Groups, bool Shown);

internal sealed record RecordingDraft(RecordingMode Mode, RecordingFailure OnFailure);

internal sealed record LeaseDraft(LossAction OnExpiry, TimeSpan? MaxCertificate);

internal sealed record RulesDraft(
    IReadOnlyList<AddressRange>? Networks,
    IReadOnlyList<Located<PortSource>> Ports,
    int? Sessions,
    int? SessionsPerUser,
    LimitsDraft? Limits,
    RecordingDraft? Recording,
    bool Scrollback,
    LossAction OnRevocation,
    LeaseDraft? Leases,
    TimeSpan? AuditRetention);

internal sealed record UserDraft(
    IReadOnlyList<Located<SshPublicKey>> Keys,
    IReadOnlyList<Located<string>> Principals,
    IReadOnlyList<Located<string>> Groups,
    IReadOnlyList<AddressRange>? Networks,
    DateTimeOffset? Until,
    int? Sessions,
    LimitsDraft? Limits,
    IReadOnlyList<DashboardRole> Roles);

internal sealed record GroupDraft(IReadOnlyList<AddressRange>? Networks, IReadOnlyList<DashboardRole> Roles);

internal sealed record CommandDraft(
    IReadOnlyList<string> Run, Located<string> User, Launcher Via, string? Directory, IReadOnlyList<Named<string>> Environment);

internal sealed record SshDraft(
    string Host, int Port, string User, IReadOnlyList<SshPublicKey> HostKeys, string IdentityFile, string? Certificate,
    Located<string>? ProxyJump, string? Reattach, int SessionsPerConnection);

internal sealed record TargetDraft(CommandDraft? Command, SshDraft? Ssh);

internal sealed record WindowDraft(IReadOnlyList<DayOfWeek[]>? Days, TimeSpan From, TimeSpan To, TimeZoneInfo Zone);

internal sealed record AccessDraft(
    IReadOnlyList<Located<string>> Users,
    IReadOnlyList<Located<string>> Groups,
    IReadOnlyList<Located<string>> Targets,
    IReadOnlyList<Located<WindowDraft>> When,
    IReadOnlyList<AddressRange>? From,
    DateTimeOffset? Until);

internal sealed record TenantDraft(
    RulesDraft Rules,
    WatchDraft? Watch,
    IReadOnlyList<Located<SshPublicKey>> Authorities,
    IReadOnlyList<Located<string>> Revoked,
    IReadOnlyList<Named<UserDraft>> Users,
    IReadOnlyList<Named<GroupDraft>> Groups,
    IReadOnlyList<Named<TargetDraft>> Targets,
    IReadOnlyList<Located<AccessDraft>> Access,
    Located<string>? DefaultTarget);

internal sealed record DropInDraft(bool Allow, RulesDraft Rules);

internal sealed record ResponseDraft(IReadOnlyList<Located<DetectionRule>> Rules, int? Sample, TimeSpan? Block, bool Lock, bool Notify);

internal sealed record DetectionDraft(
    bool Tripwires, IReadOnlyList<Located<int>> TripwirePorts, IReadOnlyList<Located<ResponseDraft>> Responses, bool Nftables, IReadOnlyList<Located<string>> Notify);

internal sealed record DashboardDraft(IReadOnlyList<DashboardRole> Roles, bool MayWatch);

internal sealed record DashboardAccessDraft(IReadOnlyList<Named<DashboardDraft>> Users, IReadOnlyList<Named<DashboardDraft>> Groups);

internal sealed record PolicyDraft(
    IReadOnlyList<AddressRange> TrustedScanners, DetectionDraft? Detections, DashboardAccessDraft? Dashboard, DropInDraft? DropIn, IReadOnlyList<Named<TenantDraft>> Tenants);
