using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Protocol.Wire;

namespace MoshBroker.Protocol.StateSync;

/// <content>Outliving the process: the numbers that must survive, and going on from them under a new epoch.</content>
public sealed partial class Transport<TLocal, TRemote>
{
    /// <summary>
    /// Appends the state of the connection, from which another process can go on, under a higher epoch, without the peer noticing. The local
    /// state (which the owner saves) and the key are not in it; the states held of the peer, and the newest local one that it acknowledged, are.
    /// </summary>
    public void WriteSnapshot(IBufferWriter<byte> destination)
    {
        SnapshotWriter to = new(destination, TransportSnapshot.Kind, TransportSnapshot.Version);
        WriteContent(ref to, asStub: false);
        to.End();
    }

    /// <summary>What <see cref="WriteSnapshot"/> writes, as part of something larger.</summary>
    /// <param name="to">Gets it.</param>
    /// <param name="asStub">As for <see cref="ISyncState{TSelf}.WriteStub"/>.</param>
    internal void WriteContent(ref SnapshotWriter to, bool asStub)
    {
        TransportSnapshot numbers = new()
        {
            Sends = (byte)(_isServer ? Direction.ServerToClient : Direction.ClientToServer),
            HasPeer = HasPeer,
            HasRttSample = _packets.RoundTrip.HasSample,
            IsShuttingDown = _sender.IsShuttingDown,
            Epoch = Epoch,
            BlocksSealed = _packets.BlocksSealed,
            NextExpected = _packets.NextExpected,
            AcknowledgedNum = _sender.AcknowledgedNum,
            NewestNum = _sender.NewestNum,
            AckNum = _sender.AckNum,
            SmoothedRtt = _packets.RoundTrip.SmoothedRtt,
            RttVariation = _packets.RoundTrip.RttVariation,
            Malformed = _malformedReceived,
        };
        numbers.Write(ref to);

        GrowingBuffer content = Scratch.Diff;
        content.Reset();
        if (asStub)
            _sender.Acknowledged.WriteStub(content);
        else
            _sender.Acknowledged.WriteContent(content);
        to.Block(content.Written);
        to.Int(_receiver.Count);
        for (int i = 0; i < _receiver.Count; i++)
        {
            content.Reset();
            _receiver.StateAt(i).WriteContent(content);
            to.UInt64(_receiver.NumberAt(i));
            to.Block(content.Written);
        }
    }

    /// <summary>Goes on from a snapshot. Null when it is damaged, of another version or direction, or not older than the new epoch.</summary>
    /// <param name="now">The present.</param>
    /// <param name="setup">As for a new transport; its epoch must be higher than the snapshot's.</param>
    /// <param name="local">The local state as it is now, restored by its owner.</param>
    /// <param name="remote">Any state of the peer's kind, to copy from; where states share a log, the one that the owner restored.</param>
    /// <param name="snapshot">What <see cref="WriteSnapshot"/> wrote.</param>
    /// <remarks>
    /// Speaks first, if the peer was known. Answers the peer's first datagram at once, and believes its timestamps only once it acknowledged
    /// a state of this incarnation. Sequence and state numbers of before are never used again.
    /// </remarks>
    [SuppressMessage("Design", "CA1000", Justification = "A constructor that can fail on what it reads.")]
    public static Transport<TLocal, TRemote>? TryRestore(
        MonoTime now, TransportSetup setup, TLocal local, TRemote remote, ReadOnlySpan<byte> snapshot)
    {
        if (!SnapshotReader.TryOpen(snapshot, TransportSnapshot.Kind, TransportSnapshot.Version, out SnapshotReader from))
            return null;
        Transport<TLocal, TRemote>? restored = ReadContent(now, setup, local, remote, ref from);
        if (from.IsWhole)
            return restored;
        restored?.Dispose();
        return null;
    }

    /// <summary>Null, and the reader is bad, when it is no transport that can go on.</summary>
    internal static Transport<TLocal, TRemote>? ReadContent(
        MonoTime now, TransportSetup setup, TLocal local, TRemote remote, ref SnapshotReader from)
    {
        TransportSnapshot numbers = TransportSnapshot.Read(ref from);
        ReadOnlySpan<byte> acknowledged = from.Block(from.Left);
        int held = from.Int(1, Math.Max(1, from.Left));
        from.Require(numbers.Sends == (byte)setup.Sends && numbers.Epoch < setup.Epoch);
        if (from.IsBad)
            return null;

        TLocal known = local.Snapshot();
        ulong number = 0;
        if (!known.TryReadContent(acknowledged) || !TryReadState(ref from, remote, out number, out TRemote? first))
        {
            known.Release();
            from.Refuse();
            return null;
        }

        local.GoOnFrom(known);
        StateSender<TLocal> sender = new(
            now, local, numbers.AcknowledgedNum, known, MonoTime.Never, FirstNumber(setup) - 1, setup.Random)
        { Heard = now };
        Transport<TLocal, TRemote> transport = new(now, setup, sender, first, number);
        for (int i = 1; i < held; i++)
        {
            if (!TryReadState(ref from, remote, out number, out TRemote? state) || number <= transport.RemoteNumber)
            {
                state?.Release();
                transport.Dispose();
                from.Refuse();
                return null;
            }

            transport._receiver.Restore(number, state);
        }

        transport.GoOn(now, numbers);
        return transport;
    }

    private void GoOn(MonoTime now, in TransportSnapshot numbers)
    {
        _sender.AckNum = numbers.AckNum;
        _packets.Restore(numbers.NextExpected, numbers.BlocksSealed, numbers.HasPeer ? now : MonoTime.Never);
        _packets.BelievesReplies = false;
        if (numbers.HasRttSample)
            _packets.RoundTrip.Restore(numbers.SmoothedRtt, numbers.RttVariation);
        _malformedReceived = numbers.Malformed;
        _isPeerHeard = numbers.HasPeer;
        _isFirstAnswerUrgent = true;
        HasPeer |= numbers.HasPeer;
        if (_sender.AckNum == InstructionView.ShutdownNum)
            Raise(TransportEventKind.PeerShutdown);
        if (numbers.IsShuttingDown)
            StartShutdown(now);
        Reckon(now);
    }

    private static bool TryReadState(ref SnapshotReader from, TRemote remote, out ulong number, [NotNullWhen(true)] out TRemote? state)
    {
        number = from.UInt64();
        ReadOnlySpan<byte> content = from.Block(from.Left);
        state = null;
        if (from.IsBad)
            return false;

        state = remote.Snapshot();
        if (state.TryReadContent(content))
            return true;
        state.Release();
        state = null;
        return false;
    }
}
