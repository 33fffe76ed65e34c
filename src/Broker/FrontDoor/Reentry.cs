using System.Diagnostics;
using System.Net;
using MoshBroker.Backends;
using MoshBroker.Lobby;
using MoshBroker.Native;
using MoshBroker.Sessions;
using MoshBroker.Survival;
using MoshBroker.Targets;
using MoshBroker.Telemetry;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>Goes on with what the front door led to: a program that runs, a connection that is to be tried again, the menu.</summary>
internal sealed class Reentry(SessionHub hub, Func<Policy> policy, TargetPaths paths, Children children, Denials denials, BrokerMetrics metrics, TimeProvider time) : IReentry
{
    public IBackendSource? WayBack(SessionRecord record, Admission admission, FileDescriptor? master)
    {
        if (record.Entry is not { } entry) { return null; }
        if (record.IsMenu) { return master is null ? Menu(record, entry) : null; }
        // A text, or the reason of an end: it stands on the screen, and a key ends it.
        if (master is null && (record.Target is null || record.Program is { Stage: ProgramStage.Over })) { return new TextSource(null); }
        // Somebody who has lost his right to it may have it again while it waits behind a locked screen.
        Target? target = admission.Target ?? (record.Tenant is null ? null : policy().Tenants.GetValueOrDefault(record.Tenant)?.Targets.GetValueOrDefault(record.Target ?? ""));
        if (target is null || (master is null && record.Program is { Stage: ProgramStage.Running })) { return null; }
        return new TargetSource(new TargetName(admission.Tenant, target.Name), facts => paths.For(admission with { Target = target }, facts, entry.HasManyColors, entry.Locale), children, record.Program, master);
    }

    private LobbySource? Menu(SessionRecord record, SavedEntry entry)
    {
        Credential? credential = record.Key is { } key ? key : record.Certificate;
        Policy current = policy();
        if (credential is null || current.Identify(credential, time.GetUtcNow()).User is not { } user) { return null; }
        BootstrapAttempt attempt = new(metrics, Stopwatch.GetTimestamp());
        attempt.Forget();
        Visitor visitor = new(user, credential, IPAddress.Parse(entry.Client), attempt, Stopwatch.GetTimestamp(), current);
        TargetSource WayTo(Admission admission) => new(new TargetName(admission.Tenant, admission.Target!.Name), facts => paths.For(admission, facts, entry.HasManyColors, entry.Locale), children);
        return new LobbySource(new FrontLobby(
            hub, policy, visitor, WayTo, (denial, target) => denials.Note(visitor, visitor.Client, denial.Reason.ToName(), denial.Explanation, target), time));
    }
}
