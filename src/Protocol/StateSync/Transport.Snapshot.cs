using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using MoshBroker.Protocol.Crypto;
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
        numbers.Write(destination);

        ArrayBufferWriter<byte> content = new();
        _sender.Acknowledged.WriteContent(content);
        WriteLength(destination, content.WrittenCount);
        destination.Write(content.WrittenSpan);
        WriteLength(destination, _receiver.Count);
        for (int i = 0; i < _receiver.Count; i++)
        {
            content.ResetWrittenCount();
            _receiver.StateAt(i).WriteContent(content);
            Span<byte> number = destination.GetSpan(sizeof(ulong));
            BinaryPrimitives.WriteUInt64BigEndian(number, _receiver.NumberAt(i));
            destination.Advance(sizeof(ulong));
            WriteLength(destination, content.WrittenCount);
            destination.Write(content.WrittenSpan);
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
        if (!TransportSnapshot.TryRead(ref snapshot, out TransportSnapshot numbers)
            || numbers.Sends != (byte)setup.Sends
            || numbers.Epoch >= setup.Epoch
            || !TryReadBlock(ref snapshot, out ReadOnlySpan<byte> acknowledged)
            || !TryReadLength(ref snapshot, out int held)
            || held == 0)
        {
            return null;
        }

        TLocal known = local.Snapshot();
        if (!known.TryReadContent(acknowledged) || !TryReadState(ref snapshot, remote, out ulong number, out TRemote? first))
        {
            known.Release();
            return null;
        }

        StateSender<TLocal> sender = new(
            now, local, numbers.AcknowledgedNum, known, MonoTime.Never, FirstNumber(setup) - 1, setup.Random)
        { Heard = now };
        Transport<TLocal, TRemote> transport = new(now, setup, sender, first, number);
        for (int i = 1; i < held; i++)
        {
            if (!TryReadState(ref snapshot, remote, out number, out TRemote? state) || number <= transport.RemoteNumber)
            {
                state?.Release();
                transport.Dispose();
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
        _packets.Restore(numbers.NextExpected, numbers.BlocksSealed, now);
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

    private static bool TryReadState(
        ref ReadOnlySpan<byte> snapshot, TRemote remote, out ulong number, [NotNullWhen(true)] out TRemote? state)
    {
        number = 0;
        state = null;
        if (snapshot.Length < sizeof(ulong))
            return false;
        number = BinaryPrimitives.ReadUInt64BigEndian(snapshot);
        snapshot = snapshot[sizeof(ulong)..];
        if (!TryReadBlock(ref snapshot, out ReadOnlySpan<byte> content))
            return false;

        state = remote.Snapshot();
        if (state.TryReadContent(content))
            return true;
        state.Release();
        state = null;
        return false;
    }

    private static bool TryReadBlock(ref ReadOnlySpan<byte> snapshot, out ReadOnlySpan<byte> block)
    {
        block = default;
        if (!TryReadLength(ref snapshot, out int length) || length > snapshot.Length)
            return false;
        block = snapshot[..length];
        snapshot = snapshot[length..];
        return true;
    }

    private static bool TryReadLength(ref ReadOnlySpan<byte> snapshot, out int length)
    {
        length = 0;
        if (snapshot.Length < sizeof(int))
            return false;
        length = BinaryPrimitives.ReadInt32BigEndian(snapshot);
        snapshot = snapshot[sizeof(int)..];
        return length >= 0;
    }

    private static void WriteLength(IBufferWriter<byte> destination, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(destination.GetSpan(sizeof(int)), length);
        destination.Advance(sizeof(int));
    }
}
