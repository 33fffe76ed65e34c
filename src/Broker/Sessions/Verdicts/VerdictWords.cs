using System.Globalization;
using MoshBroker.Cluster;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Endpoint;
using MoshBroker.Protocol;

namespace MoshBroker.Sessions.Verdicts;

/// <summary>Verdicts and timelines as an operator, or a user, reads them.</summary>
internal static class VerdictWords
{
    /// <summary>From any thread: reads what the session's loop publishes.</summary>
    public static VerdictView Verdict(SessionActor session, MonoTime now, DateTimeOffset wall)
    {
        SessionVerdict verdict = Of(session);
        return new VerdictView(Name(verdict.Cause), wall.AddMilliseconds(-now.Since(verdict.Since)), Line(verdict, session, now));
    }

    /// <summary>The verdict as its own user is told. From any thread.</summary>
    public static string Line(SessionActor session, MonoTime now) => Line(Of(session), session, now);

    private static SessionVerdict Of(SessionActor session)
    {
        SessionStats stats = session.Stats;
        return new SessionVerdict((VerdictCause)Volatile.Read(ref stats.VerdictCause), new MonoTime(Volatile.Read(ref stats.VerdictSince)), Volatile.Read(ref stats.VerdictDetail));
    }

    public static IReadOnlyList<TimelineEventView> Timeline(SessionActor session, MonoTime now, DateTimeOffset wall) =>
        [.. session.Diagnosis.Timeline.Read(now).Select(entry => new TimelineEventView(wall.AddMilliseconds(-now.Since(entry.At)), Name(entry.Kind), Line(entry)))];

    // Asked for by every look at thousands of sessions.
    private static readonly string[] Causes = [.. Enum.GetNames<VerdictCause>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];
    private static readonly string[] Kinds = [.. Enum.GetNames<TimelineKind>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    private static string Name(VerdictCause cause) => Causes[(int)cause];

    private static string Name(TimelineKind kind) => Kinds[(int)kind];

    private static string Line(SessionVerdict verdict, SessionActor session, MonoTime now)
    {
        string Since() => Age(now.Since(verdict.Since) / 1000);
        (long high, long low) = SessionVerdict.Unpack(verdict.Detail);
        return verdict.Cause switch
        {
            VerdictCause.Fine => "Fine: the client is heard and hears us, and the program takes its input.",
            VerdictCause.NoClient => NoClientLine(session),
            VerdictCause.Silent => $"Nothing has been heard from the client for {Age(SilentFor(session, now))}: it is asleep, or the path from it is cut. Which of both shows when it returns.",
            VerdictCause.WasAsleep => $"The client is back after {Age(high)}: it was asleep, for it had sent nothing.",
            VerdictCause.UplinkWasCut => $"The client is back after {Age(high)}: the path from it was cut, for {Count(low, "datagram")} that it sent meanwhile never came.",
            VerdictCause.DownlinkCut => $"The path to the client is cut: what it sends arrives, and tells that it hears nothing of us. So for {Since()}.",
            VerdictCause.PathLossy => $"The path loses datagrams: {verdict.Detail} % in the last half minute.",
            VerdictCause.NatRebound => $"A NAT or firewall on the path gave the client another port {Since()} ago, without its doing. The session followed with the client's next datagram.",
            VerdictCause.BrokerQueue => verdict.Detail > 0
                ? $"The broker is behind: the session waited {verdict.Detail} ms for its turn."
                : "The session waits in the broker: it has used its share of CPU or bandwidth, or its recording cannot keep up.",
            VerdictCause.TargetStalled => verdict.Detail > 0
                ? $"The program does not read what is typed: {Count(verdict.Detail, "byte")} wait, for {Since()} at least."
                : $"The target does not answer what is typed, for {Since()} at least.",
            VerdictCause.ProgramStopped => "Ctrl-S has stopped the program's output: Ctrl-Q lets it go on.",
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private static string NoClientLine(SessionActor session)
    {
        string ports = string.Join(", ", session.Channels.Select(channel => channel.Port.ToString(CultureInfo.InvariantCulture)));
        return ports.Length == 0
            ? "Nobody is there."
            : $"No client has been heard. If one waits (\"Nothing received from server\"), UDP port {ports} is blocked on the way: moshbroker firewall prints rules that open it here.";
    }

    private static string Line(TimelineEntry entry) => entry.Kind switch
    {
        TimelineKind.Started => "the session began",
        TimelineKind.Attached => entry.First < 0 ? "somebody came by ssh" : $"client {entry.First} came",
        TimelineKind.Detached => entry.First < 0 ? "somebody at an ssh terminal left" : $"client {entry.First} left",
        TimelineKind.Roamed => "the client moved to another " + (RoamKind)entry.First switch
        {
            RoamKind.Port => "port of its address",
            RoamKind.SamePrefix => "address of its network",
            RoamKind.NewPrefix => "network",
            _ => "address family",
        },
        TimelineKind.Returned => $"the client was heard again after {Age(entry.First)}, {Count(entry.Second, "datagram")} missing",
        TimelineKind.Woke => $"the client was heard again after {Age(entry.First)}, in which it had sent nothing",
        TimelineKind.Resized => $"the window became {entry.First}x{entry.Second}",
        TimelineKind.Verdict => $"{Name((VerdictCause)entry.First).Replace('_', ' ')} (after {Age(entry.Second)})",
        TimelineKind.Locked => "the screen was locked",
        TimelineKind.Unlocked => "the screen was unlocked",
        TimelineKind.Ended => $"the session ended ({((SessionEndReason)entry.First).ToName()})",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static long SilentFor(SessionActor session, MonoTime now)
    {
        double? heard = session.Channels.Min(channel => channel.HeardSecondsAgo(now));
        return (long)(heard ?? 0);
    }

    private static string Count(long count, string thing) => count == 1 ? $"1 {thing}" : string.Create(CultureInfo.InvariantCulture, $"{count} {thing}s");

    private static string Age(long seconds) => seconds switch
    {
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds} s"),
        < 7200 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600} h"),
    };
}
