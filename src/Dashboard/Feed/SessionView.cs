using System.Text.Json.Serialization;

namespace MoshBroker.Dashboard.Feed;

/// <summary>A session at one moment, without a word of its screen, title included.</summary>
/// <param name="User">The name of <paramref name="Uid"/>, or the number when it has none.</param>
/// <param name="Pid">The program in the PTY; null when it is not known.</param>
/// <param name="IdleSeconds">Since a client last sent new state (a key, or its heartbeat); null before the first.</param>
/// <param name="EndReason">In snake case; null while the session lives.</param>
internal sealed record SessionView(
    string Id,
    SessionState State,
    uint Uid,
    string User,
    string Command,
    int? Pid,
    DateTimeOffset CreatedAt,
    int Columns,
    int Rows,
    double? IdleSeconds,
    long PtyBytesRead,
    long PtyBytesWritten,
    string? EndReason,
    IReadOnlyList<ChannelView> Channels)
{
    public string Tenant { get; init; } = "drop-in";

    /// <summary>What policy calls where it leads; null for a program that its user started himself.</summary>
    public string? Target { get; init; }

    /// <summary>Null once the session is over.</summary>
    public VerdictView? Verdict { get; init; }

    /// <summary>What happened in the last hour, oldest first; only where one session was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TimelineEventView>? Timeline { get; init; }

    /// <summary>Where its clients have been, oldest first; only where one session was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PeerView>? Peers { get; init; }

    /// <summary>What may end it, and what it may use; only where one session was asked for that lives.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionLimitsView? Limits { get; init; }
}
