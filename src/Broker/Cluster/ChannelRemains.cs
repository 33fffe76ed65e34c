namespace MoshBroker.Cluster;

/// <summary>What a channel that ended leaves of its numbers, for the tombstone that outlives the process.</summary>
/// <param name="Id">Of the session's channels, which.</param>
/// <param name="NextExpected">One more than the highest sequence number of the client's; 0 when it is not known.</param>
/// <param name="Blocks">Encrypted under its key.</param>
internal readonly record struct ChannelRemains(int Id, ulong NextExpected, ulong Blocks);
