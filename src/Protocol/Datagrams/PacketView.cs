using System.Buffers.Binary;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>One deciphered datagram, read in place. All fields are big-endian.
/// <code>timestamp: u16 | timestamp reply: u16 | fragment</code></summary>
/// <remarks>Borrows its buffer.</remarks>
public readonly ref struct PacketView
{
    /// <summary>Length of the two timestamps.</summary>
    public const int HeaderLength = 4;

    /// <summary>The timestamp that means "none".</summary>
    public const ushort NoTimestamp = 0xffff;

    private readonly ReadOnlySpan<byte> _bytes;

    private PacketView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>The sender's clock in milliseconds, modulo 65,536.</summary>
    public ushort TimestampMs16 => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    /// <summary>The receiver's own timestamp, plus the time that the sender held it; <see cref="NoTimestamp"/> when there is none.</summary>
    public ushort TimestampReplyMs16 => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]);

    /// <summary>What follows the timestamps: a fragment.</summary>
    public ReadOnlySpan<byte> Payload => _bytes[HeaderLength..];

    /// <summary>False when the bytes are too few for the timestamps.</summary>
    public static bool TryParse(ReadOnlySpan<byte> plaintext, out PacketView packet)
    {
        packet = new PacketView(plaintext);
        return plaintext.Length >= HeaderLength;
    }
}
