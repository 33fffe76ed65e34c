using System.Globalization;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol;
using MoshBroker.Protocol.StateSync;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>What may end a session, when, and what it may use, as an operator reads it. From any thread.</summary>
internal static class SessionLimitsWords
{
    public static SessionLimitsView Of(SessionActor session, Policy policy, SessionCounts counts, MonoTime now, DateTimeOffset wall) =>
        new([.. Ends(session, now, wall).OrderBy(end => end.At)], [.. Rules(session, policy, counts, now, wall)]);

    private static IEnumerable<SessionEndView> Ends(SessionActor session, MonoTime now, DateTimeOffset wall)
    {
        Admission? admission = session.Admission;
        SessionLimits limits = admission?.Limits ?? SessionLimits.None;
        SessionEndView End(string cause, MonoTime at, string line, string action = "end") => new(cause, action, wall.AddMilliseconds(at.Since(now)), line);

        if (session.FirstClientDeadline < MonoTime.Forever) { yield return End("first_client", session.FirstClientDeadline, "ends unless a client is heard"); }
        if (limits.Idle is { } idle && session.Terms.IdleEnd < MonoTime.Forever) { yield return End("idle", session.Terms.IdleEnd, $"ends unless somebody types: {Span(idle)} without a key are allowed"); }
        if (limits.Absolute is { } absolute && session.Terms.AbsoluteEnd < MonoTime.Forever) { yield return End("absolute", session.Terms.AbsoluteEnd, $"ends: no session here lives for more than {Span(absolute)}"); }
        if (session.NetworkDeadline < MonoTime.Forever) { yield return End("network", session.NetworkDeadline, $"ends unless its client is heard: its user asked for an end after {Span(session.Facts.NetworkTimeout)} without"); }
        if (admission is { Lease: { HasEnd: true } lease })
        {
            bool ends = admission.Rules.OnExpiry == LossAction.End;
            yield return new SessionEndView("lease", ends ? "end" : "lock", lease.EndsAt, $"{(ends ? "ends" : "locks")}: {lease.Cause} is over then");
        }
    }

    private static IEnumerable<FactView> Rules(SessionActor session, Policy policy, SessionCounts counts, MonoTime now, DateTimeOffset wall)
    {
        Admission? admission = session.Admission;
        SessionLimits limits = admission?.Limits ?? SessionLimits.None;
        PolicyUser? user = admission is null ? null : policy.FindUser(admission.Tenant, admission.User);
        int? most = user is not null ? user.Sessions : admission?.Rules.SessionsPerUser;
        if (session.Terms.LockLine is { } locked) { yield return new("Locked", locked); }
        yield return new("Sessions of its user", Used(counts.OfUser, most));
        yield return new("Sessions of its tenant", Used(counts.OfTenant, admission?.Rules.Sessions));
        yield return new("Clients may be in", session.Terms.Networks.ToString());
        if (user is not null && admission!.Target is { } target)
        {
            yield return new("Allowed by", string.Join("; ", user.Rules.Where(rule => rule.Targets.Contains(target)).Select(rule => Line(rule, wall))));
        }

        yield return new("To its clients", limits.BytesPerSecond is { } rate ? $"{Size(rate)}/s, {Percent(session.Channels.Select(channel => channel.BandwidthUsed(now)).DefaultIfEmpty().Max())} of it in use" : "no limit");
        yield return new("CPU", limits.CpuPercent is { } share ? $"{share} % of a core, {Percent(session.CpuUsed(now))} of it in use" : "no limit");
        yield return new("Input that its program has not taken", $"{Size(session.PendingInput)} of {Size(SessionActor.MaxPendingInput)}");
        if (session.Channels.Count > 0)
        {
            double used = session.Channels.Max(channel => channel.Statistics.BlocksSealed) / (double)TransportStatistics.BlockLimit;
            yield return new("Life of its key", $"{Percent(used)} used");
        }

        yield return new("Recording", session.Recording is null ? "off" : Word(admission?.Rules.Recording ?? RecordingMode.Off));
    }

    private static string Line(AccessRule rule, DateTimeOffset wall)
    {
        string windows = rule.Windows.Count == 0 ? "always" : string.Join(", ", rule.Windows) + (rule.IsOpen(wall) ? "" : " (closed now)");
        string until = rule.Until is { } end ? $", until {end.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)}" : "";
        return $"{rule.Who}: {windows}{until}";
    }

    private static string Used(int count, int? most) => most is { } limit ? $"{count} of {limit}" : $"{count}, no limit";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    private static string Size(long bytes) => bytes switch
    {
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000.0:0.#} kB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_000_000.0:0.#} MB"),
    };

    private static string Span(TimeSpan span) => span switch
    {
        { TotalHours: >= 48 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days"),
        { TotalMinutes: >= 120 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} h"),
        { TotalSeconds: >= 120 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.#} s"),
    };

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
