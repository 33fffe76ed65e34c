using System.Buffers.Binary;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A datagram as one end sent it, before the path did anything to it.</summary>
/// <param name="At">Since the relay began.</param>
/// <param name="Path">Number of the relay's source address at that time: 0, then one more with every roam.</param>
internal sealed record RelayedDatagram(TimeSpan At, bool ToServer, int Path, byte[] Bytes, bool Lost)
{
    /// <summary>Direction bit and sequence: the part of the nonce that is on the wire.</summary>
    public ulong Nonce => Bytes.Length >= 8 ? BinaryPrimitives.ReadUInt64BigEndian(Bytes) : 0;
}
