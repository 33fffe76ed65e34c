using MoshBroker.Audit;

namespace MoshBroker.Cluster;

/// <summary>The whole store: what the broker is put together with.</summary>
internal interface IClusterStore : ISessionStore, INodeStore, IScreenStore, IAuditStore
{
    /// <summary>
    /// Seals anew, under the present master key, what was sealed under older ones. Others may write meanwhile: what they replaced or erased stays as it is.
    /// </summary>
    /// <returns>How many there were, and how many did not open and were left.</returns>
    Task<(int Resealed, int Unopened)> ResealAsync(KeySealer sealer, CancellationToken cancellationToken);
}
