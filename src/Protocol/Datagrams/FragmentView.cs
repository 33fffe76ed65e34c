using System.Buffers.Binary;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>One fragment of an instruction, read in place. All fields are big-endian.
/// <code>id: u64 | final: 1 bit, number: 15 bits | contents</code></summary>
/// <remarks>Borrows its buffer: copy <see cref="Contents"/> before the buffer is reused.</remarks>
public readonly ref struct FragmentView
{
    /// <summary>Length of id and number.</summary>
    public const int HeaderLength = 10;

    /// <summary>How many fragments one instruction can have.</summary>
    public const int MaxCount = 1 << 15;

    internal const int FinalBit = 1 << 15;

    private readonly ReadOnlySpan<byte> _bytes;

    private FragmentView(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Which instruction this is a piece of; the sender counts from 1.</summary>
    public ulong Id => BinaryPrimitives.ReadUInt64BigEndian(_bytes);

    /// <summary>The place of the piece, from 0.</summary>
    public int Number => BinaryPrimitives.ReadUInt16BigEndian(_bytes[8..]) & (FinalBit - 1);

    /// <summary>True for the last piece.</summary>
    public bool IsFinal => (BinaryPrimitives.ReadUInt16BigEndian(_bytes[8..]) & FinalBit) != 0;

    /// <summary>The piece of the compressed instruction.</summary>
    public ReadOnlySpan<byte> Contents => _bytes[HeaderLength..];

    /// <summary>False when the bytes are too few for the header.</summary>
    public static bool TryParse(ReadOnlySpan<byte> payload, out FragmentView fragment)
    {
        fragment = new FragmentView(payload);
        return payload.Length >= HeaderLength;
    }
}
