namespace MoshBroker.Dashboard.Feed;

/// <summary>The overview page as it is shown, numbers already words, so that page and live feed cannot differ.</summary>
/// <param name="NotReady">Why no new sessions are accepted; null when they are.</param>
/// <param name="Hidden">Sessions beyond <see cref="MaxRows"/>.</param>
internal sealed record OverviewView(string? NotReady, string Load, IReadOnlyList<StateCount> States, IReadOnlyList<SessionLine> Sessions, int Hidden)
{
    /// <summary>Bounds the page and what every viewer costs per second. <c>moshbroker sessions</c> lists all.</summary>
    public const int MaxRows = 200;

    private static readonly SessionState[] Shown = Enum.GetValues<SessionState>();

    /// <summary>Live sessions first, the latest on top.</summary>
    public static OverviewView Of(IBrokerFeed feed)
    {
        NodeView node = feed.Node;
        IReadOnlyList<SessionView> sessions = feed.Sessions;
        return new OverviewView(
            node.NotReadyBecause,
            node.Capacity is { } capacity ? $"{node.Sessions} of {capacity}" : $"{node.Sessions}",
            [.. Shown.Select(state => new StateCount(SessionLine.Name(state), sessions.Count(session => session.State == state)))],
            [.. sessions.OrderBy(session => session.State == SessionState.Ended).ThenByDescending(session => session.CreatedAt).Take(MaxRows).Select(SessionLine.Of)],
            Math.Max(0, sessions.Count - MaxRows));
    }
}
