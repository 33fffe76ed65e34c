using MoshBroker.Dashboard.Feed;
using MoshBroker.Protocol;
using MoshBroker.Sessions.Verdicts;
using MoshBroker.Tenants;

namespace MoshBroker.Sessions;

/// <summary>One session, looked at closely.</summary>
internal sealed partial class SessionHub
{
    /// <summary>One session, with what happened to it lately and what may end it.</summary>
    public SessionView? Find(string id)
    {
        if (!_sessions.TryGetValue(id, out SessionEntry? entry)) { return null; }
        MonoTime now = _clock.Now();
        DateTimeOffset wall = _time.GetUtcNow();
        SessionActor session = entry.Actor;
        SessionView view = View(entry);
        return view with
        {
            Timeline = VerdictWords.Timeline(session, now, wall),
            Peers = PeersOf(session, now, wall),
            Limits = view.EndReason is null ? SessionLimitsWords.Of(session, _settings.Policy(), CountOf(session.Facts.Tenant, session.Facts.User), now, wall) : null,
        };
    }

    /// <summary>How the path to its client was in the last hour; null when there is no such session.</summary>
    public SessionHistoryView? History(string id)
    {
        if (!_sessions.TryGetValue(id, out SessionEntry? entry)) { return null; }
        MonoTime now = _clock.Now();
        DateTimeOffset wall = _time.GetUtcNow();
        PathSample[] samples = entry.Actor.History.Read(now, isOver: entry.Actor.Stats.HasEnded);
        long sinceNewest = now.Milliseconds % PathHistory.StepMs;
        static double? PerCent(double? share) => share is { } value ? Math.Round(value * 100, 1) : null;
        return new SessionHistoryView(
            wall.ToUnixTimeMilliseconds() / 1000.0,
            (wall.ToUnixTimeMilliseconds() - sinceNewest) / 1000,
            (int)(PathHistory.StepMs / 1000),
            [.. samples.Select(sample => sample.RttMs)],
            [.. samples.Select(sample => PerCent(sample.LossUp))],
            [.. samples.Select(sample => PerCent(sample.Again))],
            [.. samples.Select(sample => sample.SilenceSeconds)]);
    }

    private static IReadOnlyList<PeerView> PeersOf(SessionActor session, MonoTime now, DateTimeOffset wall) =>
        [.. session.Peers.Stays.Select(stay => new PeerView(
            wall.AddMilliseconds(-now.Since(stay.Since)),
            stay.Until == MonoTime.Forever ? null : wall.AddMilliseconds(-now.Since(stay.Until)),
            stay.Channel,
            stay.Peer,
            stay.Hops))];
}
