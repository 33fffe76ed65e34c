using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Sessions;

/// <summary>A UDP port that is held for a channel to come: a socket of its own, or a place behind a shared one.</summary>
internal sealed class ChannelPlace : IDisposable
{
    private readonly FileDescriptor? _socket;
    private readonly SharedPort? _shared;

    public ChannelPlace(FileDescriptor socket, int port) => (_socket, Port) = (socket, port);

    public ChannelPlace(SharedPort shared) => (_shared, Port) = (shared, shared.Port);

    public int Port { get; }

    /// <summary>Takes the place for a channel on a worker's loop; afterwards it is the seed's.</summary>
    public ChannelSeed Take(int id, long epoch, SessionKey key, int worker) =>
        new(id, epoch, key, _socket, Port) { Route = _shared?.Open(key, worker) };

    /// <summary>The same for a channel that goes on: its client's numbers are known when its session has begun.</summary>
    public ChannelSeed TakeRestored(int id, long epoch, SessionKey key, int worker) =>
        new(id, epoch, key, _socket, Port) { OpenRoute = _shared is null ? null : nextExpected => _shared.Open(key, worker, nextExpected) };

    /// <summary>The same for the tombstone of a channel that another process ended, whose client's next number is this or higher.</summary>
    public ChannelSeed TakeEnded(int id, long epoch, SessionKey key, int worker, ulong nextExpected) =>
        new(id, epoch, key, _socket, Port) { Route = _shared?.OpenEnded(key, worker, nextExpected) };

    public void Dispose() => _socket?.Dispose();
}
