namespace MoshBroker.Cluster;

/// <summary>The store did not commit. The message is one line that names the store, what happened, and the cure where there is one.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>False when the store is well, and this operation not possible.</summary>
    public bool IsOfStore { get; init; } = true;
}
