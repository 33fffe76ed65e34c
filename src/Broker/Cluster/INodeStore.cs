namespace MoshBroker.Cluster;

/// <summary>Which nodes there are, who of them holds his lease, and who takes over from whom.</summary>
/// <remarks>Leases end by the store's clock; a node measures its own by CLOCK_BOOTTIME from before the request, and so is silent earlier.</remarks>
internal interface INodeStore
{
    /// <summary>Joins the cluster under a new incarnation, or is told that another instance has the name.</summary>
    Task<LeaseGrant> RegisterAsync(NewNode node, CancellationToken cancellationToken);

    /// <summary>Holds the lease for another term from now.</summary>
    Task<LeaseGrant> RenewAsync(NodeIncarnation node, NodeReport report, CancellationToken cancellationToken);

    /// <summary>Gives the lease back. Sessions that are left can be claimed at once.</summary>
    Task ReleaseAsync(NodeIncarnation node, CancellationToken cancellationToken);

    /// <summary>
    /// Takes over sessions of a node when <see cref="Coordination.ClaimRule"/> allows it: each of these that is still that incarnation's gets, with its living
    /// channels, a new epoch and the new owner, in one commit.
    /// </summary>
    Task<SessionClaim> ClaimAsync(NodeIncarnation claimant, NodeIncarnation owner, IReadOnlyList<string> sessions, CancellationToken cancellationToken);

    /// <summary>Gives a session to another node, which must hold its lease and not be draining. The epoch that is drawn is the new owner's.</summary>
    Task<EpochDraw> TransferAsync(string sessionId, long heldEpoch, NodeIncarnation to, CancellationToken cancellationToken);

    /// <summary>
    /// Asserts what a node holds, after a store outage: a store that went back in time gets the sessions and epochs again that it forgot. What became of each, in
    /// their order: <see cref="FencedOutcome.Stale"/> when somebody else has drawn a later epoch, <see cref="FencedOutcome.Gone"/> when it has ended.
    /// </summary>
    Task<IReadOnlyList<FencedOutcome>> AssertAsync(NodeIncarnation node, IReadOnlyList<SessionRow> held, CancellationToken cancellationToken);

    /// <summary>Live sessions of one incarnation, oldest first.</summary>
    Task<IReadOnlyList<SessionRow>> ListOwnedAsync(NodeIncarnation owner, CancellationToken cancellationToken);

    /// <summary>
    /// Tells what changes from now on, as it happens; <see cref="StoreChange.Resync"/> first, and again whenever something may have been missed (read
    /// everything again). Ends with the token only.
    /// </summary>
    IAsyncEnumerable<StoreChange> WatchAsync(CancellationToken cancellationToken);
}
