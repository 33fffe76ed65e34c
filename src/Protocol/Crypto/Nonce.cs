using System.Buffers.Binary;

namespace MoshBroker.Protocol.Crypto;

/// <summary>What makes a datagram's encryption unique under its key: the direction and a sequence number of 63 bits.</summary>
/// <remarks><code>on the wire: direction: 1 bit, sequence: 63 bits, big-endian | as the cipher's nonce: 4 zero bytes, then the same</code></remarks>
/// <param name="Direction">Which way the datagram travels.</param>
/// <param name="Sequence">0 to 2^63-1; never used twice in one direction under one key.</param>
public readonly record struct Nonce(Direction Direction, ulong Sequence)
{
    /// <summary>Length of the clear word that begins every datagram.</summary>
    public const int WireLength = 8;

    /// <summary>Length of the cipher's nonce.</summary>
    public const int CipherLength = 12;

    /// <summary>The largest sequence number.</summary>
    public const ulong MaxSequence = (1UL << 63) - 1;

    private const ulong DirectionBit = 1UL << 63;

    /// <summary>The nonce that begins a datagram; <paramref name="datagram"/> must hold at least <see cref="WireLength"/> bytes.</summary>
    public static Nonce Read(ReadOnlySpan<byte> datagram)
    {
        ulong word = BinaryPrimitives.ReadUInt64BigEndian(datagram);
        return new Nonce((word & DirectionBit) == 0 ? Direction.ClientToServer : Direction.ServerToClient, word & MaxSequence);
    }

    /// <summary>Writes the clear word to the first <see cref="WireLength"/> bytes of <paramref name="datagram"/>.</summary>
    public void Write(Span<byte> datagram) => BinaryPrimitives.WriteUInt64BigEndian(datagram, Word);

    /// <summary>Writes the cipher's form to the first <see cref="CipherLength"/> bytes of <paramref name="destination"/>.</summary>
    internal void WriteCipherForm(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, 0);
        BinaryPrimitives.WriteUInt64BigEndian(destination[4..], Word);
    }

    private ulong Word => Direction == Direction.ServerToClient ? Sequence | DirectionBit : Sequence;
}
