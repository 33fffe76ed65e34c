namespace MoshBroker.Http;

/// <summary>Leaves signals alone: when the broker stops, and what stops first, is decided elsewhere.</summary>
internal sealed class SilentLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
