namespace MoshBroker.Cluster;

/// <summary>What a sealed key belongs to. It is authenticated with the key: a blob moved to another row does not open.</summary>
internal readonly record struct SealContext(string SessionId, int ChannelId, long Epoch);
