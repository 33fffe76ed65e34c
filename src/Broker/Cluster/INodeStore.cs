namespace MoshBroker.Cluster;

/// <summary>Which nodes there are, who of them holds his lease, and who takes over from whom.</summary>
/// <remarks>Leases end by the store's clock; a node measures its own by CLOCK_BOOTTIME from before the request, and so is silent earlier.</remarks>
internal interface INodeStore
{
    /// <summary>Joins the cluster under a new incarnation, or is told that another instance has the name.</summary>
    Task<LeaseGrant> RegisterAsync(NewNode node, TimeSpan term, CancellationToken cancellationToken);

    /// <summary>Holds the lease for another term from now.</summary>
    Task<LeaseGrant> RenewAsync(NodeIncarnation node, NodeReport report, TimeSpan term, CancellationToken cancellationToken);

    /// <summary>Gives the lease back. Sessions that are left can be claimed at once.</summary>
    Task ReleaseAsync(NodeIncarnation node, CancellationToken cancellationToken);

    /// <summary>
    /// Takes over sessions of a node whose lease has ended: each of these that is still that node's, with its living channels, gets a new epoch and the new
    /// owner, in one commit, and the old owner's incarnation is fenced off.
    /// </summary>
    Task<SessionClaim> ClaimAsync(NodeIncarnation claimant, NodeIncarnation owner, IReadOnlyList<string> sessions, CancellationToken cancellationToken);

    /// <summary>Gives a session to another node, which must hold its lease and not be draining. The epoch that is drawn is the new owner's.</summary>
    Task<EpochDraw> TransferAsync(string sessionId, long heldEpoch, NodeIncarnation to, CancellationToken cancellationToken);

    /// <summary>Live sessions of one node, oldest first.</summary>
    Task<IReadOnlyList<SessionRow>> ListOwnedAsync(string node, CancellationToken cancellationToken);

    /// <summary>
    /// Tells what changes from now on, as it happens; <see cref="StoreChange.Resync"/> first, and again whenever something may have been missed (read
    /// everything again). Ends with the token only.
    /// </summary>
    IAsyncEnumerable<StoreChange> WatchAsync(CancellationToken cancellationToken);
}
