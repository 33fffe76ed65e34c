using MoshBroker.Backends;
using MoshBroker.Native;
using MoshBroker.Sessions;
using MoshBroker.Telemetry;

namespace MoshBroker.Targets;

/// <summary>A session's way to a target, before the session begins.</summary>
internal sealed class TargetSource(TargetName target, Func<SessionFacts, ITargetPath> path, Children children) : IBackendSource
{
    public IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler) =>
        new TargetBackend(target, path(facts), worker.Loop, worker.ReadBuffer, children, facts, worker.Metrics, handler);

    public void Dispose()
    {
        // Nothing is held before the start.
    }
}
