using MoshBroker.Native;
using MoshBroker.Sessions;

namespace MoshBroker.Backends;

/// <summary>The terminal and the release pipe that a user's <c>open</c> brought.</summary>
internal sealed class HandedPty(FileDescriptor master, FileDescriptor? release) : IBackendSource
{
    public IBackend Start(SessionWorker worker, SessionFacts facts, IBackendHandler handler) =>
        new PtyBackend(master, release, worker.Loop, worker.ReadBuffer, handler);

    public void Dispose()
    {
        master.Dispose();
        release?.Dispose();
    }
}
