using MoshBroker.Native;
using MoshBroker.Protocol;

namespace MoshBroker.Endpoint;

/// <summary>One UDP socket, which is one channel's: the port says whose a datagram is.</summary>
internal sealed class UdpEndpoint : IUdpEndpoint, IReadyHandler
{
    private const int BatchesPerTurn = 4; // Then others have their turn; the rest waits in the kernel, which is the bound.

    private readonly FileDescriptor _socket;
    private readonly EpollLoop _loop;
    private readonly ReceiveBatch _batch;
    private IDatagramHandler _handler;
    private readonly EpollLoop.Watch _watch;
    private bool _disposed;

    /// <summary>Takes over <paramref name="socket"/> and begins to receive; on the loop's thread.</summary>
    public UdpEndpoint(FileDescriptor socket, int port, EpollLoop loop, ReceiveBatch batch, IDatagramHandler handler)
    {
        _socket = socket;
        Port = port;
        _loop = loop;
        _batch = batch;
        _handler = handler;
        _watch = loop.Add(socket, EpollNative.In, this);
    }

    public int Port { get; }

    public uint KernelDrops
    {
        get
        {
            try
            {
                return UdpNative.Drops(_socket);
            }
            catch (ObjectDisposedException)
            {
                return 0; // Closed by its loop just now, which has counted them.
            }
        }
    }

    public void HandTo(IDatagramHandler handler) => _handler = handler;

    public SendResult Send(in UdpPath path, ReadOnlySpan<byte> datagram) => UdpNative.Send(_socket, path, datagram);

    public void OnReady(MonoTime now, uint events)
    {
        for (int round = 0; round < BatchesPerTurn && !_disposed; round++)
        {
            int count = _batch.Receive(_socket);
            for (int i = 0; i < count && !_disposed; i++)
            {
                if (_batch.IsTruncated(i)) { _handler.OnOversize(); }
                else
                {
                    UdpPath path = _batch.Path(i, out bool congestionExperienced);
                    _handler.OnDatagram(now, path, _batch.Datagram(i), congestionExperienced);
                }
            }

            if (count < _batch.Capacity) { break; }
        }

        _handler.OnBatchEnd(now);
    }

    public void OnFault(Exception failure) => _handler.OnFault(failure);

    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        _loop.Remove(_watch);
        _socket.Dispose();
    }
}
