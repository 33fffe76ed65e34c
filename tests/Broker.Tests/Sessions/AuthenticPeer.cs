using System.Buffers;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.Wire;
using Xunit;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>Somebody who holds a channel's key and says what no client says.</summary>
internal sealed class AuthenticPeer(SessionKey key, ulong firstSequence = 1000) : IDisposable
{
    private readonly AesOcb _cipher = new(key);
    private readonly ZlibCodec _zlib = new();
    private ulong _sequence = firstSequence;

    public byte[] Instruction(ulong oldNum, ulong newNum, byte[] diff, ulong throwaway = 0, uint version = InstructionView.CurrentVersion)
    {
        ArrayBufferWriter<byte> message = new();
        InstructionCodec.Write(
            new InstructionView { ProtocolVersion = version, OldNum = oldNum, NewNum = newNum, AckNum = 0, ThrowawayNum = throwaway, Diff = diff }, message);
        return Contents(Deflate(message.WrittenSpan));
    }

    /// <summary>One whole fragment that holds these bytes as they are.</summary>
    public byte[] Contents(byte[] compressed)
    {
        byte[] packet = new byte[PacketWriter.Length(compressed.Length)];
        PacketWriter.Write(packet, 0, ushort.MaxValue, _sequence + 1, 0, isFinal: true, compressed);
        return Packet(packet);
    }

    /// <summary>The same in as many fragments as it takes.</summary>
    public IEnumerable<byte[]> Fragments(byte[] compressed)
    {
        const int PieceLength = 1000;
        ulong id = _sequence + 1;
        byte[][] pieces = [.. compressed.Chunk(PieceLength)];
        for (int number = 0; number < pieces.Length; number++)
        {
            byte[] packet = new byte[PacketWriter.Length(pieces[number].Length)];
            PacketWriter.Write(packet, 0, ushort.MaxValue, id, number, isFinal: number == pieces.Length - 1, pieces[number]);
            yield return Packet(packet);
        }
    }

    public byte[] Packet(byte[] plaintext, Direction direction = Direction.ClientToServer)
    {
        Nonce nonce = new(direction, _sequence++);
        byte[] datagram = new byte[Nonce.WireLength + plaintext.Length + AesOcb.TagLength];
        nonce.Write(datagram);
        _cipher.Seal(nonce, plaintext, datagram.AsSpan(Nonce.WireLength));
        return datagram;
    }

    public byte[] Deflate(ReadOnlySpan<byte> plain)
    {
        Assert.True(_zlib.TryDeflate(plain, out ReadOnlySpan<byte> compressed));
        return compressed.ToArray();
    }

    public static byte[] Keys(string keys)
    {
        ArrayBufferWriter<byte> message = new();
        UserMessageCodec.WriteKeys(message, System.Text.Encoding.UTF8.GetBytes(keys));
        return message.WrittenSpan.ToArray();
    }

    public void Dispose()
    {
        _cipher.Dispose();
        _zlib.Dispose();
    }
}
