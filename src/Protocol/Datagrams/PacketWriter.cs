using System.Buffers.Binary;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>Writes what <see cref="PacketView"/> and <see cref="FragmentView"/> read.</summary>
public static class PacketWriter
{
    /// <summary>Length of a packet around a piece of an instruction.</summary>
    public static int Length(int pieceLength) => PacketView.HeaderLength + FragmentView.HeaderLength + pieceLength;

    /// <summary>Writes a packet that holds one fragment to the start of <paramref name="destination"/>, <see cref="Length"/> bytes.</summary>
    public static void Write(
        Span<byte> destination, ushort timestampMs16, ushort timestampReplyMs16, ulong id, int number, bool isFinal, ReadOnlySpan<byte> piece)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, timestampMs16);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], timestampReplyMs16);
        BinaryPrimitives.WriteUInt64BigEndian(destination[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(destination[12..], (ushort)(number | (isFinal ? FragmentView.FinalBit : 0)));
        piece.CopyTo(destination[14..]);
    }
}
