using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>What a <see cref="DatagramStream"/> is made of; whoever makes it takes all over.</summary>
/// <param name="Socket">Non-blocking.</param>
/// <param name="Path">Where the client's ssh connection comes from.</param>
/// <param name="Loop">The session's.</param>
internal sealed record StreamSeed(FileDescriptor Socket, UdpPath Path, EpollLoop Loop) : IDisposable
{
    public void Dispose() => Socket.Dispose();
}
