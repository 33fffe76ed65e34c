using MoshBroker.Sessions;

namespace MoshBroker.Backends;

/// <summary>What a session's backend is made of, until the session begins.</summary>
internal interface IBackendSource : IDisposable
{
    /// <summary>Makes it, on the session's loop; what the source held is the backend's from here on.</summary>
    IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler);
}
