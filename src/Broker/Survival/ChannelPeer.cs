using System.Buffers.Binary;
using MoshBroker.Endpoint;
using MoshBroker.Protocol.States;

namespace MoshBroker.Survival;

/// <summary>What is saved of a channel besides the protocol's numbers.</summary>
/// <param name="HasClient">It has said how large its window is.</param>
/// <param name="Path">Where the client was heard last; null before it was.</param>
internal readonly record struct ChannelPeer(int Id, bool IsReadOnly, bool HasClient, int Columns, int Rows, UdpPath? Path)
{
    public const int Length = 64;

    /// <summary>What was granted to the client.</summary>
    public PeerExtensions Extensions { get; init; }

    public void Write(Span<byte> to)
    {
        to.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(to, Id);
        to[4] = (byte)((IsReadOnly ? 1 : 0) | (HasClient ? 2 : 0) | (Path is null ? 0 : 4));
        to[5] = (byte)Extensions;
        BinaryPrimitives.WriteUInt16LittleEndian(to[6..], (ushort)Columns);
        BinaryPrimitives.WriteUInt16LittleEndian(to[8..], (ushort)Rows);
        if (Path is not { } path) { return; }
        BinaryPrimitives.WriteUInt16LittleEndian(to[10..], path.Peer.Port);
        BinaryPrimitives.WriteUInt128LittleEndian(to[12..], path.Peer.Ip);
        BinaryPrimitives.WriteUInt32LittleEndian(to[28..], path.Peer.Scope);
        BinaryPrimitives.WriteUInt128LittleEndian(to[32..], path.Local);
        BinaryPrimitives.WriteUInt32LittleEndian(to[48..], path.Interface);
    }

    public static bool TryRead(ReadOnlySpan<byte> from, out ChannelPeer peer)
    {
        peer = default;
        if (from.Length != Length) { return false; }
        UdpPath? path = (from[4] & 4) == 0 ? null : new UdpPath(
            new UdpAddress(BinaryPrimitives.ReadUInt128LittleEndian(from[12..]), BinaryPrimitives.ReadUInt16LittleEndian(from[10..]), BinaryPrimitives.ReadUInt32LittleEndian(from[28..])),
            BinaryPrimitives.ReadUInt128LittleEndian(from[32..]),
            BinaryPrimitives.ReadUInt32LittleEndian(from[48..]));
        peer = new ChannelPeer(
            BinaryPrimitives.ReadInt32LittleEndian(from),
            (from[4] & 1) != 0,
            (from[4] & 2) != 0,
            BinaryPrimitives.ReadUInt16LittleEndian(from[6..]),
            BinaryPrimitives.ReadUInt16LittleEndian(from[8..]),
            path)
        {
            Extensions = (PeerExtensions)from[5] & PeerExtensions.All,
        };
        return true;
    }
}
