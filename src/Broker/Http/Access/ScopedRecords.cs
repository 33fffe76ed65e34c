using System.Globalization;
using System.Net;
using System.Text.Json;
using MoshBroker.Audit;
using MoshBroker.Configuration;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Detection;
using MoshBroker.Diagnosis;
using MoshBroker.Protocol;
using MoshBroker.Recording;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.Http.Access;

/// <summary>Policy, trail and machine, as one principal may see them.</summary>
internal sealed class ScopedRecords(Principal principal, IBrokerFeed feed, RecordSources sources, TimeProvider time) : IBrokerRecords
{
    private const int MostStarts = 10;

    private static readonly string[] Named =
        ["number", "timestamp", "event.name", "moshbroker.tenant", "user.name", "session.id", "client.address", "moshbroker.target", "moshbroker.reason", "previous"];

    public IReadOnlyList<TenantView> Tenants
    {
        get
        {
            ILookup<string, SessionView> live = feed.Sessions.Where(session => session.EndReason is null).ToLookup(session => session.Tenant, StringComparer.Ordinal);
            return [.. sources.Policy().Tenants.Values
                .Where(tenant => principal.Sees(tenant.Name))
                .OrderBy(tenant => tenant.Name, StringComparer.Ordinal)
                .Select(tenant => TenantViews.Of(tenant, [.. live[tenant.Name]], target => With(tenant, target)))];
        }
    }

    private TenantTargetView With(Tenant tenant, TenantTargetView target)
    {
        MonoTime now = sources.Clock.Now();
        DateTimeOffset At(MonoTime moment) => time.GetUtcNow().AddMilliseconds(-now.Since(moment));
        return target with
        {
            Health = sources.Numbers.Targets.Health.Read(now, new TargetName(tenant.Name, target.Name)) is { } health
                ? new TargetHealthView(
                    At(health.LastAt), health.Outcome, health.ReachedAt == MonoTime.Never ? null : At(health.ReachedAt), health.ReachedAt == MonoTime.Never ? null : health.Took.TotalMilliseconds, health.Failures)
                : null,
            Connections = tenant.Targets[target.Name] is SshTarget ? sources.Pool?.Count(tenant.Name, target.Name).Connections : null,
        };
    }

    public AccessAnswer? Ask(AccessQuestion question)
    {
        if (!principal.Operates(question.Tenant) && !principal.Audits(question.Tenant)) { return null; }
        if (sources.Policy().FindUser(question.Tenant, question.User) is not { } user) { return new AccessAnswer(null, $"{question.Tenant} has no user '{OneLine.Of(question.User)}'"); }
        if (!IPAddress.TryParse(question.From, out IPAddress? source)) { return new AccessAnswer(null, $"'{OneLine.Of(question.From)}' is not an IP address"); }
        DateTimeOffset now = time.GetUtcNow();
        if (question.At.Length > 0 && !DateTimeOffset.TryParse(question.At, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out now))
        {
            return new AccessAnswer(null, $"'{OneLine.Of(question.At)}' is not a moment: write it as 2027-01-31T18:00Z");
        }

        Credential credential = new Credential.Key(user.Keys.Count > 0 ? user.Keys[0].Fingerprint : "");
        Decision decision = Policy.Decide(user, credential, source, question.Target.Length > 0 ? question.Target : null, now, sources.Count(question.Tenant, question.User));
        if (decision.Denial is { } denial) { return new AccessAnswer(false, denial.Explanation, denial.UserLine); }
        Admission admission = decision.Admission!;
        string end = admission.Lease.HasEnd ? $", until {admission.Lease.EndsAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC ({admission.Lease.Cause})" : "";
        return new AccessAnswer(true, $"{user} reaches {admission.Target!.Name} from {source}{end}");
    }

    public async Task<IReadOnlyList<AuditEventView>?> AuditAsync(AuditQuestion question, CancellationToken cancellationToken)
    {
        List<string?> tenants = [];
        if (principal.AuditsAll) { tenants.Add(question.Tenant); }
        else
        {
            tenants.AddRange(principal.Grants.Select(grant => grant.Tenant).Where(tenant => tenant is not null && principal.Audits(tenant) && (question.Tenant is null || question.Tenant == tenant)).Distinct(StringComparer.Ordinal));
            if (!principal.Grants.Any(grant => grant.Tenant is { } tenant && principal.Audits(tenant))) { return null; }
        }

        List<AuditEventView> found = [];
        foreach (string? tenant in tenants)
        {
            AuditFilter filter = new(question.Since, question.Until, question.Event, tenant, question.User, question.Session, question.Limit);
            found.AddRange((await sources.Audit.QueryAuditAsync(filter, cancellationToken)).Select(Read));
        }

        return [.. found.OrderByDescending(happened => happened.Number).Take(question.Limit)];
    }

    public IReadOnlyList<RecordingView>? Recordings => principal.IsAuditor
        ? [.. Playable().SelectMany(sources.Recordings.Of).OrderByDescending(recording => recording.StartedAt)
            .Select(recording => new RecordingView(recording.Tenant, recording.Name, recording.Session, recording.StartedAt, recording.Bytes))]
        : null;

    /// <summary>A recording to be played, which the trail notes; null when it is not there, or not his to see.</summary>
    public RecordingOnShelf? Play(string tenant, string name)
    {
        if (!principal.Audits(tenant) || sources.Recordings.Find(tenant, name) is not { } recording) { return null; }
        sources.Trail.Write(new AuditEvent(AuditEventName.RecordingPlay) { User = principal.Name, Tenant = tenant, Session = recording.Session });
        return recording;
    }

    public async Task<IReadOnlyList<NodeStartView>?> StartsAsync(CancellationToken cancellationToken)
    {
        if (!principal.SeesAll) { return null; }
        List<AuditEventView> told = [];
        foreach (string name in (string[])[AuditEventName.BrokerStart, AuditEventName.BrokerStop])
        {
            told.AddRange((await sources.Audit.QueryAuditAsync(new AuditFilter(null, null, name, null, null, null, MostStarts + 1), cancellationToken)).Select(Read));
        }

        AuditEventView[] newestFirst = [.. told.OrderByDescending(happened => happened.Number)];
        List<NodeStartView> starts = [];
        for (int i = 0; i < newestFirst.Length && starts.Count < MostStarts; i++)
        {
            if (newestFirst[i].Event != AuditEventName.BrokerStart) { continue; }
            string before = i + 1 == newestFirst.Length ? "" : newestFirst[i + 1].Event == AuditEventName.BrokerStop ? "stopped" : "was killed";
            const string Version = "service.version: ";
            string version = newestFirst[i].More.FirstOrDefault(more => more.StartsWith(Version, StringComparison.Ordinal))?[Version.Length..] ?? "";
            starts.Add(new NodeStartView(DateTimeOffset.Parse(newestFirst[i].At, CultureInfo.InvariantCulture), version, before));
        }

        return starts;
    }

    public UdpView? Udp
    {
        get
        {
            if (!principal.SeesAll) { return null; }
            NodePulse now = sources.Numbers.ReadNodePulse();
            return new UdpView(
                sources.Numbers.ReadDrops(), now.Prefixes, now.Tripped, now.NonceReuse, now.Unauthenticated,
                [.. sources.Numbers.Lookout.Filter.Blocked(sources.Clock.Now()).Select(block => new BlockView(NetworkText.Of(block.Network), block.Left.TotalSeconds)).OrderBy(block => block.SecondsLeft)]);
        }
    }

    public bool? ChangeBlock(string network, TimeSpan? longer)
    {
        if (!principal.OperatesAll) { return null; }
        SourceFilter filter = sources.Numbers.Lookout.Filter;
        MonoTime now = sources.Clock.Now();
        (ulong Network, TimeSpan Left)[] meant = [.. filter.Blocked(now).Where(block => NetworkText.Of(block.Network) == network)];
        if (meant.Length == 0) { return false; }
        if (longer is { } more) { filter.Block(now, meant[0].Network, meant[0].Left + more); }
        else { filter.Unblock(now, meant[0].Network); }
        sources.Trail.Write(new AuditEvent(longer is null ? AuditEventName.BlockLift : AuditEventName.BlockExtend) { User = principal.Name, More = AuditEvent.Attribute("moshbroker.network", network) });
        return true;
    }

    public async Task<IReadOnlyList<FindingView>?> PostureAsync(CancellationToken cancellationToken) =>
        principal.SeesAll
            ? [.. (await sources.Examine(cancellationToken)).OrderByDescending(finding => finding.Severity).Select(finding =>
                new FindingView(finding.Check, finding.Severity.ToString().ToLowerInvariant(), finding.Found, finding.Why, finding.Fix))]
            : null;

    private IEnumerable<string> Playable() => sources.Policy().Tenants.Keys.Append(Policy.DropInTenant).Where(principal.Audits);

    private static AuditEventView Read(string line)
    {
        using JsonDocument parsed = JsonDocument.Parse(line);
        JsonElement happened = parsed.RootElement;
        string Of(string name) => happened.TryGetProperty(name, out JsonElement value) ? value.ToString() : "";
        return new AuditEventView(
            happened.GetProperty("number").GetInt64(), Of("timestamp"), Of("event.name"), Of("moshbroker.tenant"), Of("user.name"), Of("session.id"), Of("client.address"),
            Of("moshbroker.target"), Of("moshbroker.reason"),
            [.. happened.EnumerateObject().Where(property => !Named.Contains(property.Name, StringComparer.Ordinal)).Select(property => $"{property.Name}: {property.Value}")]);
    }
}
