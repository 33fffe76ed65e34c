using System.Diagnostics;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>What a broker leaves behind that ends, or is ended.</summary>
public sealed class KilledBrokerTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private SmallDoor _door = null!;

    public async Task InitializeAsync()
    {
        _door = await SmallDoor.MakeAsync();
        await _door.StartAsync(null, [], RunningBroker.Launcher);
    }

    public Task DisposeAsync() => _door.DisposeAsync().AsTask();

    [Fact]
    public async Task A_killed_brokers_connections_to_targets_end_by_themselves()
    {
        await using TmuxTerminal terminal = await _door.PlainAsync("root", "web");
        await terminal.WaitForTextAsync("p1>", Long);
        Assert.Single(Masters.Of(_door.Broker));
        int store = await _door.Broker.StoreAsync(not: 0);
        await _door.Broker.KillAsync();
        // The store keeps the sessions for the next broker; without it nobody has them.
        using (Process held = Process.GetProcessById(store)) { held.Kill(); }
        // 30 s after the last session on them.
        await Eventually.TrueAsync(() => Masters.Of(_door.Broker).Count == 0, "no master is left", TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task A_stopped_broker_takes_its_connections_to_targets_with_it()
    {
        await using TmuxTerminal terminal = await _door.PlainAsync("root", "web");
        await terminal.WaitForTextAsync("p1>", Long);
        Assert.Single(Masters.Of(_door.Broker));
        await _door.Broker.StopAsync();
        await Eventually.TrueAsync(() => Masters.Of(_door.Broker).Count == 0, "no master is left", TimeSpan.FromSeconds(20));
    }
}
