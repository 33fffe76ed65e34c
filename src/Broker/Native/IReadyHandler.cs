using MoshBroker.Protocol;

namespace MoshBroker.Native;

/// <summary>Called on the loop's thread when a watched descriptor is ready. Must not block.</summary>
internal interface IReadyHandler
{
    void OnReady(MonoTime now, uint events);

    /// <summary><see cref="OnReady"/> threw: whoever owns the descriptor ends, and nobody else on the thread. Must not throw.</summary>
    void OnFault(Exception failure);
}
