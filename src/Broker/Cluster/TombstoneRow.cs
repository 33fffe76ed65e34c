namespace MoshBroker.Cluster;

/// <summary>A tombstone as the store knows it.</summary>
/// <param name="Port">Where its client will come to.</param>
/// <param name="Epoch">Drawn for this process: nothing was sent in it.</param>
/// <param name="SealedKey">The channel's key; its seal names <paramref name="SealedEpoch"/>.</param>
/// <param name="Remains">The channel, and its numbers.</param>
internal sealed record TombstoneRow(string SessionId, ChannelRemains Remains, int Port, long Epoch, byte[] SealedKey, long SealedEpoch, DateTimeOffset EndedAt);
