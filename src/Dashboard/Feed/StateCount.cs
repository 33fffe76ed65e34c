namespace MoshBroker.Dashboard.Feed;

/// <summary>How many sessions are in a state.</summary>
internal sealed record StateCount(string State, int Sessions);
