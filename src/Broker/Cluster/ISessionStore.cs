namespace MoshBroker.Cluster;

/// <summary>Who owns which session, under which epoch, with which sealed keys: what must outlive the process.</summary>
/// <remarks>
/// Every task completes after the commit, so that whoever awaited may send. Every write on an existing session names the epoch that its
/// owner holds and does nothing when the store knows a later one (<see cref="FencedOutcome.Stale"/>): the fence that keeps two owners of
/// one key apart. A store that fails (disk full, server gone) throws <see cref="StoreUnavailableException"/>; a token stops an operation
/// only while it waits in the queue.
/// </remarks>
internal interface ISessionStore : ITombstoneStore, IAsyncDisposable
{
    /// <summary>Inserts a session, with its first channel if it has one. Its epoch is drawn, and the key sealed, in the same transaction.</summary>
    Task<SessionGrant> CreateSessionAsync(NewSession session, CancellationToken cancellationToken);

    /// <summary>
    /// Raises the session's epoch to max(stored + 1, seconds since 2026-01-01 UTC) and gives it to one channel, whose sequence and state
    /// numbers start again at <c>epoch &lt;&lt; 32</c>. The new epoch is the one to hold from then on.
    /// </summary>
    Task<EpochDraw> DrawEpochAsync(string sessionId, int channelId, long heldEpoch, CancellationToken cancellationToken);

    /// <summary>Adds a channel with a fresh key. It starts in the epoch that is held: what is new needs no number space of its own.</summary>
    Task<ChannelGrant> AddChannelAsync(string sessionId, long heldEpoch, NewChannel channel, CancellationToken cancellationToken);

    /// <summary>Raises the count of blocks encrypted under a channel's key; a lower count than the stored one changes nothing.</summary>
    Task<FencedOutcome> RecordBlocksAsync(string sessionId, int channelId, long heldEpoch, long blocks, CancellationToken cancellationToken);

    /// <summary>Ends a channel and forgets its sealed key. Ending an ended one changes nothing and is <see cref="FencedOutcome.Done"/>.</summary>
    Task<FencedOutcome> EndChannelAsync(string sessionId, int channelId, long heldEpoch, CancellationToken cancellationToken);

    /// <summary>Ends a session with its channels and forgets their sealed keys. The first reason stays.</summary>
    Task<FencedOutcome> EndSessionAsync(string sessionId, long heldEpoch, SessionEndReason reason, CancellationToken cancellationToken);

    /// <summary>
    /// Takes over what dead processes of this node left behind, earlier incarnations of the same instance: each session and its living channels get a new epoch, in
    /// one commit.
    /// </summary>
    /// <returns>The sessions with their new epochs, oldest first: to be gone on with, or to be ended.</returns>
    Task<IReadOnlyList<SessionRow>> ClaimLeftoversAsync(NodeIncarnation node, CancellationToken cancellationToken);

    /// <summary>Deletes ended sessions beyond <see cref="StoreRetention"/>; how many there were. The store also does so by itself.</summary>
    Task<int> PruneAsync(CancellationToken cancellationToken);

    /// <summary>All sessions, oldest first; the ended ones only when asked for.</summary>
    Task<IReadOnlyList<SessionRow>> ListAsync(bool includeEnded, CancellationToken cancellationToken);

    /// <summary>One session, ended or not; null when it is unknown.</summary>
    Task<SessionRow?> FindAsync(string sessionId, CancellationToken cancellationToken);
}
