namespace MoshBroker.Dashboard.Feed;

/// <summary>A network that is turned away for a time.</summary>
internal sealed record BlockView(string Network, double SecondsLeft);
