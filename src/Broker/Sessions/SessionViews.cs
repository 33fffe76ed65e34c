using MoshBroker.Cluster;
using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>How a session looks from outside: numbers only, no word of its screen.</summary>
internal static class SessionViews
{
    private const double SilentAfterSeconds = 5;
    private const double LostAfterSeconds = 40; // The stock server's own limit.

    /// <summary>From any thread: reads what the session's loop publishes.</summary>
    public static SessionView Of(SessionActor session, MonoTime now)
    {
        SessionFacts facts = session.Facts;
        SessionStats stats = session.Stats;
        IReadOnlyList<Channel> channels = session.Channels;
        int reason = Volatile.Read(ref stats.EndReason);
        MonoTime newest = new(Volatile.Read(ref stats.LastNewState));
        return new SessionView(
            facts.Id,
            StateOf(session, now),
            facts.Uid,
            facts.User,
            session.Label,
            facts.Pid > 0 ? facts.Pid : null,
            facts.CreatedAt,
            Volatile.Read(ref stats.Columns),
            Volatile.Read(ref stats.Rows),
            newest == MonoTime.Never ? null : Math.Max(0, now.Since(newest) / 1000.0),
            Volatile.Read(ref stats.PtyBytesRead),
            Volatile.Read(ref stats.PtyBytesWritten),
            reason >= 0 ? ((SessionEndReason)reason).ToName() : null,
            session.Terminals.Count + session.Mirrors.Count + session.Taps.Count == 0 && channels is [{ } only]
                ? [only.View(now)]
                : [.. channels.Select(channel => channel.View(now)), .. session.Terminals.Select(terminal => terminal.View(now)), .. session.Mirrors.Select(mirror => mirror.View(now)), .. session.Taps.Select(tap => tap.View())])
        {
            Tenant = facts.Tenant,
            Target = session.Admission?.Target?.Name,
        };
    }

    /// <summary>Seconds since somebody was heard who has the session before him; null when nobody was yet. From any thread.</summary>
    public static double? HeardSecondsAgo(SessionActor session, MonoTime now)
    {
        if (session.Terminals.Count > 0) { return 0; }
        double? heard = session.Channels.Min(channel => channel.HeardSecondsAgo(now));
        foreach (Mirror mirror in session.Mirrors)
        {
            if (mirror.HeardSecondsAgo(now) is { } ago && !(ago >= heard)) { heard = ago; }
        }

        return heard;
    }

    /// <summary>The session's state, as the overview and the metrics call it.</summary>
    public static SessionState StateOf(SessionActor session, MonoTime now)
    {
        if (session.Stats.HasEnded) { return SessionState.Ended; }
        if (Volatile.Read(ref session.Stats.LockedSince) > 0) { return SessionState.Locked; }
        if (session.Terminals.Count > 0) { return SessionState.Attached; }
        IReadOnlyList<Channel> channels = session.Channels;
        double? heard = HeardSecondsAgo(session, now);
        if (heard is null && channels.Count == 0) { return SessionState.Unattached; }
        return heard switch
        {
            null => SessionState.Starting,
            < SilentAfterSeconds => SessionState.Attached,
            < LostAfterSeconds => SessionState.Silent,
            _ => SessionState.Lost,
        };
    }
}
