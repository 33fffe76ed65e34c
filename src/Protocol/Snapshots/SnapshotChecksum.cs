using System.Buffers.Binary;
using System.Numerics;

namespace MoshBroker.Protocol.Snapshots;

/// <summary>CRC-32C, which finds every run of damage up to 32 bits and all else but for one in 2^32. Against accidents: who fears a forger seals the snapshot.</summary>
internal static class SnapshotChecksum
{
    public const int Length = sizeof(uint);

    /// <summary>What <see cref="Add"/> starts from; not zero, so that zeros in front count.</summary>
    public const uint Start = uint.MaxValue;

    public static uint Add(uint sum, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte b in bytes)
            sum = BitOperations.Crc32C(sum, b);
        return sum;
    }
}
