namespace MoshBroker.Dashboard.Feed;

/// <summary>One thing that happened to a session; no word of its screen.</summary>
/// <param name="What">In snake case: "roamed", "resized", "verdict".</param>
/// <param name="Line">The same in words.</param>
internal sealed record TimelineEventView(DateTimeOffset At, string What, string Line);
