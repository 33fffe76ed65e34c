namespace MoshBroker.Dashboard.Feed;

/// <summary>A network, and about how many datagrams or attempts came from there.</summary>
internal sealed record NetworkCount(string Network, long Count);
