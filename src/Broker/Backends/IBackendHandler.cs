using MoshBroker.Protocol;

namespace MoshBroker.Backends;

/// <summary>Takes what a backend gives, on the session's loop. Must not throw.</summary>
internal interface IBackendHandler
{
    /// <summary>Output of the program, borrowed until the call returns.</summary>
    void OnOutput(MonoTime now, ReadOnlySpan<byte> output);

    /// <summary>The batch of output is over: time to draw.</summary>
    void OnOutputEnd(MonoTime now);

    /// <summary>The backend is gone, and why; nothing follows.</summary>
    void OnBackendEnded(MonoTime now, BackendEnd end);
}
