namespace MoshBroker.Cluster;

/// <summary>Keys of ended channels whose clients were away, so that another process can still tell them. Bounded by whoever takes them.</summary>
internal interface ITombstoneStore
{
    /// <summary>Keeps the sealed keys of these channels of a session, which has not ended yet; those without a key any more are left out.</summary>
    Task<FencedOutcome> KeepTombstonesAsync(string sessionId, long heldEpoch, IReadOnlyList<ChannelRemains> channels, CancellationToken cancellationToken);

    /// <summary>
    /// Draws a new epoch for each of a node's tombstones and gives them out, oldest first; those that ended before a time, and the oldest beyond a number, are deleted.
    /// </summary>
    Task<IReadOnlyList<TombstoneRow>> TakeTombstonesAsync(string node, DateTimeOffset endedAfter, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes one, with its key; none is fine.</summary>
    Task ForgetTombstoneAsync(string sessionId, int channelId, CancellationToken cancellationToken);
}
