namespace MoshBroker.Cluster;

/// <summary>One thing that changed in the store.</summary>
internal abstract record StoreChange
{
    private StoreChange() { }

    /// <summary>A node joined, left, or began or ended draining. Renewals are not told.</summary>
    internal sealed record NodeChanged(string Name) : StoreChange;

    /// <summary>A session has an owner, under an epoch: it was created, claimed or transferred.</summary>
    internal sealed record SessionOwned(string SessionId, string Owner, long Epoch) : StoreChange;

    /// <summary>A session ended.</summary>
    internal sealed record SessionEnded(string SessionId) : StoreChange;

    /// <summary>Something may have been missed.</summary>
    internal sealed record Resync : StoreChange;
}
