using MoshBroker.Interop.Tests.Harness;

namespace MoshBroker.Interop.Tests;

/// <summary>A broker whose sessions all share one port.</summary>
public sealed class SharedPortFixture : IAsyncLifetime
{
    public int Port { get; } = int.Parse(FreePorts.Range(1).Split(':')[0]);

    internal RunningBroker Broker { get; private set; } = null!;

    public async Task InitializeAsync() => Broker = await RunningBroker.StartAsync($"shared:{Port}");

    public async Task DisposeAsync() => await Broker.DisposeAsync();
}
