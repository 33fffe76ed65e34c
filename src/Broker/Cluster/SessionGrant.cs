namespace MoshBroker.Cluster;

/// <summary>A session that is in the store: the epoch that its owner holds, and its first channel (0: none).</summary>
internal sealed record SessionGrant(string SessionId, int ChannelId, long Epoch);
