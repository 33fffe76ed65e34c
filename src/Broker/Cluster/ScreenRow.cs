namespace MoshBroker.Cluster;

/// <summary>A session's stored state.</summary>
/// <param name="Epoch">The one that its writer held; the seal names it.</param>
/// <param name="SavedAt">By the writer's clock: how old the screen is.</param>
/// <param name="Sealed">Compressed, then sealed (<see cref="KeySealer"/>).</param>
internal sealed record ScreenRow(string SessionId, long Epoch, DateTimeOffset SavedAt, byte[] Sealed);
