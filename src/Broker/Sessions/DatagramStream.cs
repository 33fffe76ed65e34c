using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Datagrams;

namespace MoshBroker.Sessions;

/// <summary>A client's datagrams by way of its ssh, because UDP does not get through: the same bytes, each behind its length.</summary>
/// <remarks>
/// The descriptor is the broker's own end of a control connection, so its peer cannot make it block. What the peer does not take in time is dropped
/// whole, as a full network would: the protocol recovers.
/// </remarks>
internal sealed class DatagramStream : IReadyHandler, IDisposable
{
    private const int MaxPending = 32 * 1024;
    private const int ReadsPerTurn = 4;

    private readonly FileDescriptor _socket;
    private readonly EpollLoop _loop;
    private readonly EpollLoop.Watch _watch;
    private readonly Channel _channel;
    private readonly StreamFrames _frames = new();
    private readonly byte[] _pending = new byte[MaxPending + StreamFrames.HeaderLength + DatagramLimits.MaxReceived];
    private int _pendingFrom;
    private int _pendingTo;
    private bool _isDisposed;

    /// <summary>Takes the seed over and begins to read; on the loop's thread.</summary>
    public DatagramStream(StreamSeed seed, Channel channel)
    {
        _socket = seed.Socket;
        _loop = seed.Loop;
        _channel = channel;
        Path = seed.Path;
        _watch = _loop.Add(_socket, EpollNative.In, this);
    }

    /// <summary>Where its datagrams come from.</summary>
    public UdpPath Path { get; }

    /// <summary>The client, or its ssh, is gone.</summary>
    public bool IsGone { get; private set; }

    /// <summary>False when it was dropped.</summary>
    public bool Send(ReadOnlySpan<byte> datagram)
    {
        if (IsGone || _pendingTo - _pendingFrom > MaxPending) { return false; }
        if (_pendingFrom > 0)
        {
            _pending.AsSpan(_pendingFrom, _pendingTo - _pendingFrom).CopyTo(_pending);
            (_pendingFrom, _pendingTo) = (0, _pendingTo - _pendingFrom);
        }

        _pendingTo += StreamFrames.Write(datagram, _pending.AsSpan(_pendingTo));
        WriteOut();
        return true;
    }

    public void OnReady(MonoTime now, uint events)
    {
        if ((events & EpollNative.Out) != 0) { WriteOut(); }
        if ((events & ~EpollNative.Out) != 0) { ReadIn(now); }
        _channel.OnBatchEnd(now);
    }

    public void OnFault(Exception failure) => _channel.OnFault(failure);

    public void Dispose()
    {
        if (_isDisposed) { return; }
        _isDisposed = IsGone = true;
        _loop.Remove(_watch);
        _socket.Dispose();
    }

    private unsafe void ReadIn(MonoTime now)
    {
        for (int round = 0; round < ReadsPerTurn && !IsGone; round++)
        {
            Span<byte> room = _frames.Room;
            nint count;
            int errno;
            fixed (byte* to = room)
            {
                count = PtyNative.Read(_socket, to, room.Length);
                errno = Errno.Last;
            }

            if (count <= 0)
            {
                IsGone = count == 0 || errno is not (Errno.Again or Errno.Interrupted);
                break;
            }

            _frames.Advance((int)count);
            bool isBroken;
            while (_frames.TryTake(out ReadOnlySpan<byte> datagram, out isBroken)) { _channel.OnDatagram(now, Path, datagram, congestionExperienced: false); }
            IsGone |= isBroken;
            if (count < room.Length) { break; }
        }

        // Level-triggered: whoever is gone would be reported until the turn's end removes it.
        if (IsGone) { _loop.Change(_watch, 0); }
    }

    private unsafe void WriteOut()
    {
        while (_pendingTo > _pendingFrom && !IsGone)
        {
            nint count;
            int errno;
            fixed (byte* from = _pending)
            {
                count = PtyNative.Write(_socket, from + _pendingFrom, _pendingTo - _pendingFrom);
                errno = Errno.Last;
            }

            if (count > 0)
            {
                _pendingFrom += (int)count;
                continue;
            }

            if (errno == Errno.Interrupted) { continue; }
            if (errno != Errno.Again) { IsGone = true; }
            break;
        }

        if (!IsGone) { _loop.Change(_watch, _pendingTo > _pendingFrom ? EpollNative.In | EpollNative.Out : EpollNative.In); }
    }
}
