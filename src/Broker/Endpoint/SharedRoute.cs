using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Endpoint;

/// <summary>One channel behind a shared port: proves its client's datagrams on the port's thread, hands them to the channel on the session's loop.</summary>
internal sealed class SharedRoute : Candidate, IUdpEndpoint
{
    private readonly SharedPort _port;
    private readonly DatagramProof _proof;
    private readonly DatagramRing _ring;
    private IDatagramHandler? _handler; // The loop's.
    private bool _isTouched; // The loop's.
    private bool _disposed;
    private int _queued;
    private long _refused;
    private long _forged;

    public SharedRoute(SharedPort port, SessionKey key, DatagramRing ring)
    {
        _port = port;
        _proof = new DatagramProof(key);
        _ring = ring;
    }

    public int Port => _port.Port;

    public bool IsProven => true;

    /// <summary>Datagrams that wait in the ring.</summary>
    public int Queued => Volatile.Read(ref _queued);

    /// <summary>True once the channel has begun, or is over: what was posted can be taken.</summary>
    public bool IsAttached => _handler is not null || _disposed;

    /// <summary>Whose it is; null before the channel begins, and after its end.</summary>
    public string? Session => Volatile.Read(ref _handler)?.Session;

    public long Drops(DropReason reason) => reason switch
    {
        DropReason.QueueFull => Volatile.Read(ref _refused),
        DropReason.AuthFailed => Volatile.Read(ref _forged),
        _ => 0,
    };

    /// <summary>What came from its client's address did not authenticate. On the port's thread.</summary>
    public void CountForged() => Volatile.Write(ref _forged, _forged + 1);

    public override bool MayBeAt(in UdpAddress source) => Volatile.Read(ref _handler)?.MayBeAt(source) != false;

    public override bool IsAuthor(ReadOnlySpan<byte> datagram) => _proof.IsFromClient(datagram, _port.Plaintext);

    /// <summary>Hands the channel a datagram that was proven to be its client's; false when it must be dropped. On the port's thread.</summary>
    public bool TryPost(in UdpPath path, ReadOnlySpan<byte> datagram, bool congestionExperienced)
    {
        bool isPosted = _ring.TryPost(this, path, datagram, congestionExperienced);
        if (!isPosted) { Volatile.Write(ref _refused, _refused + 1); }
        return isPosted;
    }

    public void CountPosted() => Interlocked.Increment(ref _queued);

    /// <summary>The channel begins; on its loop.</summary>
    public void Attach(IDatagramHandler handler) => _handler = handler;

    /// <summary>Takes one datagram out of the ring; true the first time in a batch, which <see cref="EndBatch"/> ends.</summary>
    public bool Take(MonoTime now, in UdpPath path, ReadOnlySpan<byte> datagram, bool congestionExperienced)
    {
        Interlocked.Decrement(ref _queued);
        _handler?.OnDatagram(now, path, datagram, congestionExperienced);
        bool isFirst = !_isTouched && _handler is not null;
        _isTouched |= isFirst;
        return isFirst;
    }

    public void EndBatch(MonoTime now)
    {
        _isTouched = false;
        _handler?.OnBatchEnd(now);
    }

    /// <summary>The channel has ended, and its tombstone goes on.</summary>
    public void HandTo(IDatagramHandler handler)
    {
        _handler = handler;
        _port.Retire(this);
    }

    public SendResult Send(in UdpPath path, ReadOnlySpan<byte> datagram) => _port.Send(path, datagram);

    /// <summary>The channel is over: on its loop, or before it began.</summary>
    public void Dispose()
    {
        if (_disposed) { return; }
        _disposed = true;
        _handler = null;
        _port.Close(this);
    }

    /// <summary>Nobody asks any more; on the port's thread.</summary>
    public void Forget() => _proof.Dispose();
}
