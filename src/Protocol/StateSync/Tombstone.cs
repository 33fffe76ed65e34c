using System.Buffers;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.Wire;

namespace MoshBroker.Protocol.StateSync;

/// <summary>
/// What is left of a channel that was replaced or ended long ago: it knows no state, and answers fresh datagrams with the shutdown state, made from
/// the state that the client says it holds, so that the client ends cleanly.
/// </summary>
public sealed class Tombstone : IDisposable
{
    // One for one, but no more often than this: a few a second are enough for a client that hears them.
    private const long AnswerInterval = 250;

    // An answer is about 70 bytes, so that no path is too narrow for it.
    private readonly PacketLayer _packets;
    private readonly FragmentAssembly _assembly = new();
    private readonly TransportScratch _scratch;
    private MonoTime _answeredAt = MonoTime.Never;
    private ulong _fragmentId;

    /// <summary>A tombstone for the server's end of a channel.</summary>
    /// <param name="key">The channel's key.</param>
    /// <param name="epoch">A new epoch, higher than all that sent under this key, and committed.</param>
    /// <param name="nextExpectedSequence">One more than the highest sequence number of the client's; lower ones are not answered.</param>
    /// <param name="blocksSealed"><see cref="TransportStatistics.BlocksSealed"/> of the channel at its end: what was encrypted under the key by all before.</param>
    /// <param name="scratch">The scratch space of the thread that steps it.</param>
    public Tombstone(SessionKey key, ulong epoch, ulong nextExpectedSequence, ulong blocksSealed, TransportScratch scratch)
    {
        _packets = new PacketLayer(MonoTime.Never, Direction.ServerToClient, key, epoch);
        _packets.Restore(nextExpectedSequence, blocksSealed, MonoTime.Never);
        _fragmentId = epoch << PacketLayer.EpochBits;
        _scratch = scratch;
    }

    /// <summary>Goes on where a transport ended.</summary>
    internal Tombstone(PacketLayer packets, ulong fragmentId, TransportScratch scratch)
    {
        (_packets, _fragmentId, _scratch) = (packets, fragmentId, scratch);
    }

    /// <summary>One more than the highest sequence number of an authentic datagram of the client's.</summary>
    public ulong NextExpectedSequence => _packets.NextExpected;

    /// <summary>How many blocks were encrypted under the key, by this one and all before; at 2^47 it falls silent.</summary>
    public ulong BlocksSealed => _packets.BlocksSealed;

    /// <summary>Takes a UDP payload; true when <paramref name="answer"/> got one that is to be sent to where it came from.</summary>
    /// <remarks>Every datagram is to be counted as dropped for the verdict's reason: that of an authentic one is <see cref="DropReason.Tombstone"/>.</remarks>
    public bool TryAnswer(MonoTime now, ReadOnlySpan<byte> datagram, IBufferWriter<byte> answer, out DatagramVerdict verdict)
    {
        ReadOnlySpan<byte> payload = _packets.Open(now, datagram, congestionExperienced: false, _scratch.Plaintext, out verdict);
        if (!verdict.IsAuthentic)
            return false;

        bool isFresh = verdict.IsFresh;
        verdict = verdict with { Reason = DropReason.Tombstone };
        if (!FragmentView.TryParse(payload, out FragmentView fragment))
            return false;

        FragmentOutcome outcome = _assembly.Add(fragment, out ReadOnlySpan<byte> compressed);
        if (outcome != FragmentOutcome.Complete)
        {
            if (outcome != FragmentOutcome.Incomplete)
                _assembly.Clear();
            return false;
        }

        bool isRead = _scratch.Zlib.TryInflate(compressed, out ReadOnlySpan<byte> message, out _);
        _assembly.Clear();
        return isRead
            && InstructionCodec.TryParse(message, out InstructionView instruction)
            && instruction.ProtocolVersion == InstructionView.CurrentVersion
            && instruction.AckNum != InstructionView.ShutdownNum
            && isFresh
            && now.Since(_answeredAt) >= AnswerInterval
            && TrySeal(now, in instruction, answer);
    }

    /// <summary>Frees the cipher, which wipes the key.</summary>
    public void Dispose()
    {
        _assembly.Dispose();
        _packets.Dispose();
    }

    private bool TrySeal(MonoTime now, in InstructionView instruction, IBufferWriter<byte> answer)
    {
        if (!_packets.CanSeal)
            return false;

        InstructionView shutdown = new()
        {
            ProtocolVersion = InstructionView.CurrentVersion,
            OldNum = instruction.AckNum,
            NewNum = InstructionView.ShutdownNum,
            AckNum = instruction.NewNum,
            ThrowawayNum = instruction.AckNum,
        };
        _scratch.Instruction.Reset();
        InstructionCodec.Write(in shutdown, _scratch.Instruction);
        if (!_scratch.Zlib.TryDeflate(_scratch.Instruction.Written, out ReadOnlySpan<byte> compressed))
            return false;
        _answeredAt = now;
        _packets.Seal(now, ++_fragmentId, 0, isFinal: true, compressed, answer);
        return true;
    }
}
