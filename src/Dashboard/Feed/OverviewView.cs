namespace MoshBroker.Dashboard.Feed;

/// <summary>The overview page as it is shown, numbers already words, so that page and live feed cannot differ.</summary>
/// <param name="NotReady">Why no new sessions are accepted; null when they are.</param>
/// <param name="Attention">What needs a look, the worst first; empty when all is well.</param>
internal sealed record OverviewView(string? NotReady, string Load, IReadOnlyList<StateCount> States, IReadOnlyList<AttentionView> Attention)
{
    private const double NearlyFull = 0.85;
    private const double ManyLost = 0.3;
    private const int FewSessions = 10; // Among so few, one that is lost is a person on a train.

    private static readonly SessionState[] Shown = Enum.GetValues<SessionState>();

    public static OverviewView Of(IBrokerFeed feed)
    {
        NodeView node = feed.Node;
        IReadOnlyList<SessionView> sessions = feed.Sessions;
        return new OverviewView(
            node.NotReadyBecause,
            node.Capacity is { } capacity ? $"{node.Sessions} of {capacity}" : $"{node.Sessions}",
            [.. Shown.Select(state => new StateCount(SessionLine.Name(state), sessions.Count(session => session.State == state)))],
            [.. Attend(node, sessions, feed.Detections).OrderBy(view => view.Severity, StringComparer.Ordinal)]);
    }

    private static IEnumerable<AttentionView> Attend(NodeView node, IReadOnlyList<SessionView> sessions, IReadOnlyList<DetectionView> detections)
    {
        foreach (DetectionView detection in detections.Where(detection => detection.EndedAt is null))
        {
            yield return new AttentionView("critical", $"{Words(detection.Rule)}, since {detection.BeganAt.UtcDateTime:HH:mm} UTC", $"/udp#detection-{detection.Number}");
        }

        if (node.Capacity is { } capacity && node.Sessions >= NearlyFull * capacity) { yield return new AttentionView("warning", $"{node.Sessions} of {capacity} sessions: nearly full", "/nodes"); }

        SessionView[] live = [.. sessions.Where(session => session.EndReason is null)];
        int lost = live.Count(session => session.State == SessionState.Lost);
        if (live.Length > FewSessions && lost >= ManyLost * live.Length) { yield return new AttentionView("warning", $"{lost} of {live.Length} sessions are lost: their clients have said nothing for 40 s", "/sessions?state=lost"); }

        foreach (IGrouping<string, SessionView> troubled in live
            .Where(session => session.Verdict is { Cause: "downlink_cut" or "path_lossy" or "broker_queue" or "target_stalled" })
            .GroupBy(session => session.Verdict!.Cause, StringComparer.Ordinal))
        {
            int count = troubled.Count();
            yield return new AttentionView(
                troubled.Key == "broker_queue" ? "critical" : "warning", $"{count} session{(count == 1 ? "" : "s")}: {Words(troubled.Key)}", $"/sessions?verdict={troubled.Key}");
        }
    }

    private static string Words(string name) => name.Replace('_', ' ');
}
