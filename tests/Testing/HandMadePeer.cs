using System.Buffers;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.Wire;

namespace MoshBroker.Testing;

/// <summary>Holds the key and says whatever it is told to, at every layer: an honest peer in slow motion, or one who stole the key.</summary>
public sealed class HandMadePeer(SessionKey key, Direction sends) : IDisposable
{
    private readonly AesOcb _cipher = new(key);
    private readonly ZlibCodec _zlib = new();

    public ulong Sequence { get; set; }

    public ulong FragmentId { get; set; }

    public static byte[] Instruction(
        ulong oldNum, ulong newNum, ulong ackNum = 0, ulong throwawayNum = 0, byte[]? diff = null, uint version = InstructionView.CurrentVersion)
    {
        ArrayBufferWriter<byte> message = new();
        InstructionView instruction = new()
        {
            ProtocolVersion = version,
            OldNum = oldNum,
            NewNum = newNum,
            AckNum = ackNum,
            ThrowawayNum = throwawayNum,
            Diff = diff,
        };
        InstructionCodec.Write(in instruction, message);
        return message.WrittenSpan.ToArray();
    }

    public static byte[] Keys(ReadOnlySpan<byte> keys)
    {
        ArrayBufferWriter<byte> message = new();
        UserMessageCodec.WriteKeys(message, keys);
        return message.WrittenSpan.ToArray();
    }

    public byte[] Deflate(ReadOnlySpan<byte> message) =>
        _zlib.TryDeflate(message, out ReadOnlySpan<byte> compressed) ? compressed.ToArray() : throw new ArgumentException("This is too long.", nameof(message));

    /// <summary>A datagram around a plaintext that need not be a packet.</summary>
    public byte[] Seal(ReadOnlySpan<byte> plaintext)
    {
        byte[] datagram = new byte[Nonce.WireLength + plaintext.Length + AesOcb.TagLength];
        Nonce nonce = new(sends, Sequence++);
        nonce.Write(datagram);
        _cipher.Seal(nonce, plaintext, datagram.AsSpan(Nonce.WireLength));
        return datagram;
    }

    /// <summary>A datagram around a piece of an instruction that need not be one.</summary>
    public byte[] Fragment(ulong id, int number, bool isFinal, ReadOnlySpan<byte> piece)
    {
        byte[] plaintext = new byte[PacketWriter.Length(piece.Length)];
        PacketWriter.Write(plaintext, 1, PacketView.NoTimestamp, id, number, isFinal, piece);
        return Seal(plaintext);
    }

    /// <summary>A datagram around a message that need not be an instruction.</summary>
    public byte[] Message(ReadOnlySpan<byte> message) => Fragment(++FragmentId, 0, isFinal: true, Deflate(message));

    public byte[] Say(ulong oldNum, ulong newNum, ulong ackNum = 0, ulong throwawayNum = 0, byte[]? diff = null) =>
        Message(Instruction(oldNum, newNum, ackNum, throwawayNum, diff));

    /// <summary>What the other end said in one datagram, of which it must be a whole instruction.</summary>
    public HeardInstruction Hear(ReadOnlySpan<byte> datagram)
    {
        byte[] plaintext = new byte[datagram.Length - DatagramLimits.MinReceived];
        Nonce nonce = Nonce.Read(datagram);
        if (!_cipher.TryOpen(nonce, datagram[Nonce.WireLength..], plaintext)
            || !PacketView.TryParse(plaintext, out PacketView packet)
            || !FragmentView.TryParse(packet.Payload, out FragmentView fragment)
            || !_zlib.TryInflate(fragment.Contents, out ReadOnlySpan<byte> message, out _)
            || !InstructionCodec.TryParse(message, out InstructionView said))
        {
            throw new InvalidDataException("This is no instruction in one datagram.");
        }

        return new HeardInstruction(
            nonce.Sequence, fragment.Id, said.OldNum, said.NewNum, said.AckNum, said.ThrowawayNum, said.Diff.ToArray(), said.Chaff.ToArray());
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _zlib.Dispose();
    }
}
