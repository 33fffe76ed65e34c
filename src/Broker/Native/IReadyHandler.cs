using MoshBroker.Protocol;

namespace MoshBroker.Native;

/// <summary>Called on the loop's thread when a watched descriptor is ready. Must not throw and must not block.</summary>
internal interface IReadyHandler
{
    void OnReady(MonoTime now, uint events);
}
