using System.Buffers;
using System.Buffers.Binary;

namespace MoshBroker.Protocol.StateSync;

/// <summary>Writes and reads the fixed part of a transport's snapshot: its numbers. No key is in it.</summary>
/// <remarks>
/// All fields are big-endian.
/// <code>
/// version: u8 = 1 | sends: u8 | flags: u8 (1 peer, 2 rtt sample, 4 shutting down) | zero: u8
/// epoch, blocks sealed, next sequence expected, acknowledged, newest sent, ack: u64 each
/// smoothed rtt, rtt variation: f64 each | malformed: u64
/// acknowledged state: length u32, content | held states: count u32, then number u64, length u32, content each
/// </code>
/// </remarks>
internal readonly record struct TransportSnapshot
{
    public const byte Version = 1;

    /// <summary>Length of the fixed part.</summary>
    public const int Length = 4 + (9 * 8);

    public byte Sends { get; init; }

    public bool HasPeer { get; init; }

    public bool HasRttSample { get; init; }

    public bool IsShuttingDown { get; init; }

    /// <summary>Epoch of the incarnation that wrote it; the one that reads it needs a higher one.</summary>
    public ulong Epoch { get; init; }

    public ulong BlocksSealed { get; init; }

    public ulong NextExpected { get; init; }

    public ulong AcknowledgedNum { get; init; }

    public ulong NewestNum { get; init; }

    public ulong AckNum { get; init; }

    public double SmoothedRtt { get; init; }

    public double RttVariation { get; init; }

    public ulong Malformed { get; init; }

    public void Write(IBufferWriter<byte> destination)
    {
        Span<byte> to = destination.GetSpan(Length);
        to[0] = Version;
        to[1] = Sends;
        to[2] = (byte)((HasPeer ? 1 : 0) | (HasRttSample ? 2 : 0) | (IsShuttingDown ? 4 : 0));
        to[3] = 0;
        BinaryPrimitives.WriteUInt64BigEndian(to[4..], Epoch);
        BinaryPrimitives.WriteUInt64BigEndian(to[12..], BlocksSealed);
        BinaryPrimitives.WriteUInt64BigEndian(to[20..], NextExpected);
        BinaryPrimitives.WriteUInt64BigEndian(to[28..], AcknowledgedNum);
        BinaryPrimitives.WriteUInt64BigEndian(to[36..], NewestNum);
        BinaryPrimitives.WriteUInt64BigEndian(to[44..], AckNum);
        BinaryPrimitives.WriteDoubleBigEndian(to[52..], SmoothedRtt);
        BinaryPrimitives.WriteDoubleBigEndian(to[60..], RttVariation);
        BinaryPrimitives.WriteUInt64BigEndian(to[68..], Malformed);
        destination.Advance(Length);
    }

    public static bool TryRead(ref ReadOnlySpan<byte> source, out TransportSnapshot snapshot)
    {
        snapshot = default;
        if (source.Length < Length || source[0] != Version)
            return false;

        byte flags = source[2];
        snapshot = new TransportSnapshot
        {
            Sends = source[1],
            HasPeer = (flags & 1) != 0,
            HasRttSample = (flags & 2) != 0,
            IsShuttingDown = (flags & 4) != 0,
            Epoch = BinaryPrimitives.ReadUInt64BigEndian(source[4..]),
            BlocksSealed = BinaryPrimitives.ReadUInt64BigEndian(source[12..]),
            NextExpected = BinaryPrimitives.ReadUInt64BigEndian(source[20..]),
            AcknowledgedNum = BinaryPrimitives.ReadUInt64BigEndian(source[28..]),
            NewestNum = BinaryPrimitives.ReadUInt64BigEndian(source[36..]),
            AckNum = BinaryPrimitives.ReadUInt64BigEndian(source[44..]),
            SmoothedRtt = BinaryPrimitives.ReadDoubleBigEndian(source[52..]),
            RttVariation = BinaryPrimitives.ReadDoubleBigEndian(source[60..]),
            Malformed = BinaryPrimitives.ReadUInt64BigEndian(source[68..]),
        };
        source = source[Length..];
        return double.IsFinite(snapshot.SmoothedRtt) && double.IsFinite(snapshot.RttVariation);
    }
}
