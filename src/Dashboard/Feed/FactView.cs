namespace MoshBroker.Dashboard.Feed;

/// <summary>Something with its name, both as they are shown.</summary>
internal sealed record FactView(string Name, string Value);
