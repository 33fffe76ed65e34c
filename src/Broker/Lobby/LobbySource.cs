using MoshBroker.Backends;
using MoshBroker.Sessions;

namespace MoshBroker.Lobby;

/// <summary>A session that begins with the menu.</summary>
internal sealed class LobbySource(ILobbyDesk desk) : IBackendSource
{
    public IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler) =>
        new LobbyBackend(desk, worker.Loop, facts, handler, (source, front) => source.Start(worker, facts with { Attempt = null }, front));

    public void Dispose()
    {
        // Nothing is held.
    }
}
