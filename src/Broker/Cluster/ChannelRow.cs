namespace MoshBroker.Cluster;

/// <summary>A channel as the store knows it.</summary>
/// <param name="Id">1 for a session's first channel; never used again in that session.</param>
/// <param name="Epoch">Its sequence and state numbers started at <c>epoch &lt;&lt; 32</c>.</param>
/// <param name="SealedKey">Empty once the channel has ended.</param>
/// <param name="SealedEpoch">The epoch that the seal names; it stays when later epochs are drawn.</param>
/// <param name="BlocksEncrypted">Under this key, over all incarnations, rounded up.</param>
internal sealed record ChannelRow(
    int Id,
    int Port,
    long Epoch,
    byte[] SealedKey,
    long SealedEpoch,
    long BlocksEncrypted,
    DateTimeOffset? EndedAt);
