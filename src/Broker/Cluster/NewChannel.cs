namespace MoshBroker.Cluster;

/// <summary>A channel that is about to start: its UDP port, and how its key is sealed once its session, number and epoch are known.</summary>
/// <param name="Seal">
/// Called by the store inside the transaction, on the store's thread: pure and quick. <see cref="KeySealer.Seal"/> is the one to call.
/// </param>
internal sealed record NewChannel(int Port, Func<SealContext, byte[]> Seal);
