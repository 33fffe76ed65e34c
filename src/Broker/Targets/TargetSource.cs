using MoshBroker.Backends;
using MoshBroker.Native;
using MoshBroker.Sessions;
<<<<<<< HEAD
using MoshBroker.Telemetry;
=======
using MoshBroker.Survival;
>>>>>>> e989b03 (sessions: front-door sessions, the menu and recordings go on after a restart)

namespace MoshBroker.Targets;

/// <summary>A session's way to a target, before the session begins.</summary>
<<<<<<< HEAD
internal sealed class TargetSource(TargetName target, Func<SessionFacts, ITargetPath> path, Children children) : IBackendSource
{
    public IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler) =>
        new TargetBackend(target, path(facts), worker.Loop, worker.ReadBuffer, children, facts, worker.Metrics, handler);
=======
/// <param name="left">How far a process before this one was; null for a session of ours.</param>
/// <param name="master">The terminal that its program is in; null when there is none.</param>
internal sealed class TargetSource(Func<SessionFacts, ITargetPath> path, Children children, SavedProgram? left = null, FileDescriptor? master = null) : IBackendSource
{
    public IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler) =>
        new TargetBackend(path(facts), worker.Loop, worker.ReadBuffer, children, facts, worker.Metrics, handler, left, master);
>>>>>>> e989b03 (sessions: front-door sessions, the menu and recordings go on after a restart)

    public void Dispose() => master?.Dispose();
}
