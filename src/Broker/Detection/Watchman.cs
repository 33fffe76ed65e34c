using MoshBroker.Audit;
using MoshBroker.Detection.Rules;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Telemetry;

namespace MoshBroker.Detection;

/// <summary>Looks once a second at what was seen, and tells when something unusual begins and when it is over.</summary>
/// <remarks>A detection that goes on is one: it is over when nothing of it was seen for a minute. Whatever is sent, there is at most one for each rule at a time.</remarks>
internal sealed class Watchman(Lookout lookout, IScene scene, AlarmBook book, IAuditTrail audit, BrokerMetrics metrics, DetectionLog log, TimeProvider time)
{
    private const long CalmMs = 60_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly IDetector[] _detectors =
    [
        new AuthFailureBurst(), new KnownPeerAuthFailures(), new OldReplays(), new SourceChurn(), new TripwireTouched(), new RoamFlapping(),
        new TrialDecryptBudgetExhausted(), new SendAmplification(), new NeverConnected(), new MassDetach(), new SshAuthFailureBurst(), new BreakGlass(),
    ];

    private readonly Alarm?[] _raised = new Alarm?[DetectionRules.Count];
    private readonly MonoTime[] _lastSeen = new MonoTime[DetectionRules.Count];

    /// <summary>What is done about detections; null for nothing.</summary>
    public Responder? Responder { get; init; }

    /// <summary>Looks until it is stopped.</summary>
    public async Task RunAsync(MonoClock clock, CancellationToken stopping)
    {
        using PeriodicTimer timer = new(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                try
                {
                    Look(clock.Now());
                }
                catch (Exception failure)
                {
                    log.LookFailed(failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    /// <summary>One look.</summary>
    public void Look(MonoTime now)
    {
        Tally seen = lookout.Take(now);
        scene.Complete(seen);
        foreach (IDetector detector in _detectors)
        {
            ref Alarm? alarm = ref _raised[(int)detector.Rule];
            ref MonoTime lastSeen = ref _lastSeen[(int)detector.Rule];
            if (detector.Look(now, seen) is { } evidence)
            {
                lastSeen = now;
                if (alarm is null) { alarm = Begin(now, detector.Rule, WithTenants(evidence)); }
                else { alarm = Respond(now, book.Change(alarm with { Evidence = WithTenants(evidence) })); }
            }
            else if (alarm is not null && now.Since(lastSeen) >= CalmMs)
            {
                End(alarm);
                alarm = null;
            }
        }
    }

    private static string Text(IReadOnlyDictionary<string, double> counts) => string.Join(", ", counts.Select(count => FormattableString.Invariant($"{count.Key} {count.Value}")));

    private static string Text(IReadOnlyList<CountOf<ulong>> networks) => string.Join(", ", networks.Select(network => FormattableString.Invariant($"{NetworkText.Of(network.Item)} ({network.Count})")));

    private static AuditEvent Told(Alarm alarm, string phase)
    {
        Dictionary<string, string> more = new(StringComparer.Ordinal)
        {
            ["security_rule.name"] = alarm.Rule.ToName(),
            ["moshbroker.detection"] = FormattableString.Invariant($"{alarm.Number}"),
            ["moshbroker.phase"] = phase,
            ["moshbroker.evidence"] = Text(alarm.Evidence.Counts),
        };
        if (alarm.Evidence.Networks.Count > 0) { more["moshbroker.networks"] = Text(alarm.Evidence.Networks); }
        if (alarm.Evidence.Sessions.Count > 0) { more["moshbroker.sessions"] = string.Join(", ", alarm.Evidence.Sessions); }
        if (alarm.Evidence.Tenants.Count > 0) { more["moshbroker.tenants"] = string.Join(", ", alarm.Evidence.Tenants); }
        if (alarm.Responses.Count > 0) { more["moshbroker.responses"] = string.Join("; ", alarm.Responses); }
        return new AuditEvent(AuditEventName.Detection)
        {
            // One session, or one tenant, is the event's own; several are its evidence.
            Session = alarm.Evidence.Sessions is [string session] ? session : null,
            Tenant = alarm.Evidence.Tenants is [string tenant] ? tenant : null,
            Reason = alarm.Rule.ToName(),
            More = more,
        };
    }

    private Evidence WithTenants(Evidence evidence)
    {
        if (evidence.Sessions.Count == 0 || evidence.Tenants.Count > 0) { return evidence; }
        return evidence with { Tenants = [.. evidence.Sessions.Select(scene.TenantOf).OfType<string>().Distinct(StringComparer.Ordinal)] };
    }

    private Alarm Begin(MonoTime now, DetectionRule rule, Evidence evidence)
    {
        Alarm alarm = book.Begin(rule, time.GetUtcNow(), evidence);
        metrics.Detected(rule);
        log.Began(alarm.Number, rule.ToName(), Text(evidence.Counts), Text(evidence.Networks), string.Join(", ", evidence.Sessions), string.Join(", ", evidence.Tenants));
        audit.Write(Told(alarm, "begin"));
        return Respond(now, alarm);
    }

    /// <summary>Does what policy wants done; again while it goes on, because culprits change.</summary>
    private Alarm Respond(MonoTime now, Alarm alarm)
    {
        if (Responder?.Respond(now, alarm) is not { Count: > 0 } done) { return alarm; }
        foreach (string response in done) { log.Responded(alarm.Number, alarm.Rule.ToName(), response); }
        return book.Change(alarm with { Responses = [.. alarm.Responses.Concat(done).Take(Responder.MostTold)] });
    }

    private void End(Alarm alarm)
    {
        Alarm ended = book.Change(alarm with { EndedAt = time.GetUtcNow() });
        Responder?.OnEnd(ended);
        double seconds = Math.Round((ended.EndedAt!.Value - ended.BeganAt).TotalSeconds);
        log.Ended(ended.Number, ended.Rule.ToName(), seconds, Text(ended.Evidence.Counts), Text(ended.Evidence.Networks), string.Join(", ", ended.Evidence.Sessions));
        audit.Write(Told(ended, "end"));
    }
}
