using MoshBroker.Native;
using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Sessions;

/// <summary>What a channel is made of: a fresh key, its committed epoch, and a bound socket. Whoever starts the channel takes both over.</summary>
internal sealed record ChannelSeed(int Id, long Epoch, SessionKey Key, FileDescriptor Socket, int Port) : IDisposable
{
    public void Dispose()
    {
        Key.Dispose();
        Socket.Dispose();
    }
}
