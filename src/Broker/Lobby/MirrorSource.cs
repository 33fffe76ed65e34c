using MoshBroker.Backends;
using MoshBroker.Sessions;

namespace MoshBroker.Lobby;

/// <summary>The way from a menu into a session that lives.</summary>
/// <param name="enter">Begins to mirror it, given how to wake who looks; null when it is over.</param>
internal sealed class MirrorSource(Func<Action, Mirror?> enter) : IBackendSource
{
    public IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler) => new MirrorBackend(worker.Loop, handler, enter);

    public void Dispose()
    {
        // Nothing is held.
    }
}
