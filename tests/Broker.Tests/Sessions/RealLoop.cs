using MoshBroker.Native;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A loop as the broker has them, with its watchdog, for sessions on real sockets and terminals.</summary>
internal sealed class RealLoop : IDisposable
{
    private readonly BrokerMetrics _metrics = new();
    private readonly Watchdog _watchdog;

    public RealLoop()
    {
        Worker = new SessionWorker(Clock, 1, _metrics);
        _watchdog = new Watchdog([Worker.Loop.Guard]);
        Worker.Loop.Start();
    }

    public MonoClock Clock { get; } = new(TimeProvider.System);

    public SessionWorker Worker { get; }

    public void Dispose()
    {
        _watchdog.Dispose();
        Worker.Dispose();
        _metrics.Dispose();
    }
}
