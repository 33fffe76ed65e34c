using System.Buffers.Binary;
using MoshBroker.Protocol.Snapshots;
using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>Damage to a snapshot that its checksum does not find: what stands behind it must hold by itself.</summary>
internal static class SnapshotMutation
{
    public static byte[] Of(byte[] snapshot, SeededRandom random) =>
        Resum([.. snapshot.AsSpan(0, 2), .. Mutation.Of(snapshot[2..^SnapshotChecksum.Length], random), 0, 0, 0, 0]);

    /// <summary>Puts the right checksum at the end.</summary>
    public static byte[] Resum(byte[] snapshot)
    {
        Span<byte> sum = snapshot.AsSpan(snapshot.Length - SnapshotChecksum.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, SnapshotChecksum.Add(SnapshotChecksum.Start, snapshot.AsSpan(0, snapshot.Length - sum.Length)));
        return snapshot;
    }
}
