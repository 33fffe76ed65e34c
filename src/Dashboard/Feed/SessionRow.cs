namespace MoshBroker.Dashboard.Feed;

/// <summary>One session as a row of the table. Moments, not ages: a row changes only when something happens.</summary>
/// <param name="HeardAt">Seconds since 1970 of the last datagram; null before the first.</param>
/// <param name="Rtt">Milliseconds.</param>
/// <param name="Loss">Of the client's datagrams, in per cent.</param>
/// <param name="Verdict">Its cause, in snake case; empty once the session is over.</param>
/// <param name="CreatedAt">Seconds since 1970.</param>
internal sealed record SessionRow(
    string Id,
    string Tenant,
    string User,
    string Target,
    string State,
    string Command,
    string Network,
    int? Rtt,
    double Loss,
    long Roams,
    long? HeardAt,
    long CreatedAt,
    int Clients,
    string Verdict,
    string? EndReason)
{
    /// <summary>The client that the row is about.</summary>
    public static ChannelView? HeardLast(SessionView session) =>
        session.Channels is [{ } only] ? only : session.Channels.MinBy(channel => channel.LastHeardSecondsAgo ?? double.MaxValue);

    /// <param name="network">Of that client, where it is known already.</param>
    public static SessionRow Of(SessionView session, DateTimeOffset now, string? network = null)
    {
        ChannelView? channel = HeardLast(session);
        return new SessionRow(
            session.Id,
            session.Tenant,
            session.User,
            session.Target ?? "",
            SessionLine.Name(session.State),
            session.Command,
            network ?? SessionLine.NetworkOf(channel?.Peer),
            channel?.SrttMs is { } ms ? (int)Math.Round(ms) : null,
            Math.Round((channel?.UplinkLoss ?? 0) * 100, 1),
            session.Channels.Sum(each => each.Roams),
            channel?.LastHeardSecondsAgo is { } ago ? (long)Math.Round(now.ToUnixTimeMilliseconds() / 1000.0 - ago) : null,
            session.CreatedAt.ToUnixTimeSeconds(),
            session.Channels.Count(each => !each.IsReadOnly),
            session.Verdict?.Cause ?? "",
            session.EndReason?.Replace('_', ' '));
    }
}
