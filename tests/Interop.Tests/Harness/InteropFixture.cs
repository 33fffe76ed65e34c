namespace MoshBroker.Interop.Tests.Harness;

/// <summary>One server for all tests of the collection; every test has its own sessions.</summary>
public sealed class InteropFixture : IAsyncLifetime
{
    internal MoshServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await MoshServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
