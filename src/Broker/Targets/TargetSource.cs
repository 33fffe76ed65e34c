using MoshBroker.Backends;
using MoshBroker.Native;
using MoshBroker.Sessions;
using MoshBroker.Survival;
using MoshBroker.Telemetry;

namespace MoshBroker.Targets;

/// <summary>A session's way to a target, before the session begins.</summary>
/// <param name="left">How far a process before this one was; null for a session of ours.</param>
/// <param name="master">The terminal that its program is in; null when there is none.</param>
internal sealed class TargetSource(TargetName target, Func<SessionFacts, ITargetPath> path, Children children, SavedProgram? left = null, FileDescriptor? master = null) : IBackendSource
{
    public IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler) =>
        new TargetBackend(target, path(facts), worker.Loop, worker.ReadBuffer, children, facts, worker.Metrics, handler, left, master);

    public void Dispose() => master?.Dispose();
}
