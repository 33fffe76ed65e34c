using System.Net;
using MoshBroker.Native;

namespace MoshBroker.Survival;

/// <summary>The front door's listening socket, which a process before this one may have left: who connected meanwhile waits in it.</summary>
/// <param name="left">That one's; null when there was none.</param>
internal sealed class KeptListener(IDescriptorStore store, FileDescriptor? left) : IDisposable
{
    /// <summary>What it is called in the fd store.</summary>
    public const string Name = "ssh-listener";

    private FileDescriptor? _left = left;

    /// <summary>The socket that was left, if it listens at that very address; any other is closed.</summary>
    public FileDescriptor? Take(IPEndPoint at)
    {
        FileDescriptor? socket = _left;
        _left = null;
        if (socket is null || TcpNative.NameOf(socket, isPeer: false) is { } name && name.Equals(at)) { return socket; }
        store.Drop(Name);
        socket.Dispose();
        return null;
    }

    public void Keep(FileDescriptor listener) => store.Put(Name, listener);

    /// <summary>Nobody listens there any more: who waits is refused.</summary>
    public void Dispose()
    {
        if (_left is null) { return; }
        store.Drop(Name);
        _left.Dispose();
    }
}
