namespace MoshBroker.Interop.Tests.Harness;

/// <summary>One server for all tests of the collection; every test has its own sessions.</summary>
public sealed class InteropFixture : IAsyncLifetime
{
    private int _portsGiven;

    internal MoshServer Server { get; private set; } = null!;

    /// <summary>The broker; tests that are about more than what stock has need it.</summary>
    internal RunningBroker Broker =>
        Server as RunningBroker ?? throw new InvalidOperationException("this test is about the broker; stock has no such thing");

    /// <summary>A port that the server may use and nobody does at the moment: sessions draw theirs at random from the same range.</summary>
    internal string FreePort()
    {
        string range = Server is RunningBroker broker ? broker.Ports : FreePorts.Range(20);
        int high = int.Parse(range.Split(':')[1]);
        while (!FreePorts.IsFree(high - _portsGiven)) { _portsGiven++; }
        return (high - _portsGiven++).ToString();
    }

    public async Task InitializeAsync() => Server = await MoshServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
