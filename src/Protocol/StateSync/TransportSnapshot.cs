using MoshBroker.Protocol.Snapshots;

namespace MoshBroker.Protocol.StateSync;

/// <summary>Writes and reads the fixed part of a transport's snapshot: its numbers. No key is in it.</summary>
/// <remarks>
/// All fields are big-endian; lengths and counts are varints.
/// <code>
/// 'T' | version: u8 = 2
/// sends: u8 | flags: u8 (1 peer, 2 rtt sample, 4 shutting down)
/// epoch, blocks sealed, next sequence expected, acknowledged, newest sent, ack: u64 each
/// smoothed rtt, rtt variation: f64 each | malformed: u64
/// acknowledged state: length, content | held states: count, then number u64, length, content each
/// CRC-32C: u32
/// </code>
/// </remarks>
internal readonly record struct TransportSnapshot
{
    public const byte Kind = (byte)'T';

    public const byte Version = 2;

    // Timestamps have 16 bits of ms.
    private const double LongestRtt = 65_536;

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

    public void Write(ref SnapshotWriter to)
    {
        to.Byte(Sends);
        to.Byte((byte)((HasPeer ? 1 : 0) | (HasRttSample ? 2 : 0) | (IsShuttingDown ? 4 : 0)));
        to.UInt64(Epoch);
        to.UInt64(BlocksSealed);
        to.UInt64(NextExpected);
        to.UInt64(AcknowledgedNum);
        to.UInt64(NewestNum);
        to.UInt64(AckNum);
        to.UInt64(BitConverter.DoubleToUInt64Bits(SmoothedRtt));
        to.UInt64(BitConverter.DoubleToUInt64Bits(RttVariation));
        to.UInt64(Malformed);
    }

    /// <summary>The reader is bad when there are none, or round trips that no path has.</summary>
    public static TransportSnapshot Read(ref SnapshotReader from)
    {
        byte sends = from.Byte();
        byte flags = from.Byte();
        TransportSnapshot numbers = new()
        {
            Sends = sends,
            HasPeer = (flags & 1) != 0,
            HasRttSample = (flags & 2) != 0,
            IsShuttingDown = (flags & 4) != 0,
            Epoch = from.UInt64(),
            BlocksSealed = from.UInt64(),
            NextExpected = from.UInt64(),
            AcknowledgedNum = from.UInt64(),
            NewestNum = from.UInt64(),
            AckNum = from.UInt64(),
            SmoothedRtt = BitConverter.UInt64BitsToDouble(from.UInt64()),
            RttVariation = BitConverter.UInt64BitsToDouble(from.UInt64()),
            Malformed = from.UInt64(),
        };
        from.Require(flags <= 7
            && numbers.NextExpected <= 1UL << 63
            && numbers.SmoothedRtt is >= 0 and <= LongestRtt
            && numbers.RttVariation is >= 0 and <= LongestRtt);
        return numbers;
    }
}
