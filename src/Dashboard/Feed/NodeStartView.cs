namespace MoshBroker.Dashboard.Feed;

/// <summary>A start of the node's broker.</summary>
/// <param name="Before">What the process before it did: "stopped", "was killed", or "" when the trail knows none.</param>
internal sealed record NodeStartView(DateTimeOffset At, string Version, string Before);
