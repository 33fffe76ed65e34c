using System.Buffers.Binary;
using MoshBroker.Endpoint;

namespace MoshBroker.Broker.Tests.Endpoint;

/// <summary>A channel whose client's datagrams carry its number instead of a tag, and which counts how often it was asked.</summary>
internal sealed class PlayedCandidate(int id) : Candidate
{
    public const int Nobody = -1;

    public int Id => id;

    public int Asked { get; private set; }

    /// <summary>Where it may not be; null for nowhere.</summary>
    public UdpAddress? Forbidden { get; set; }

    public override bool MayBeAt(in UdpAddress source) => source != Forbidden;

    public static byte[] Datagram(int author, ulong number)
    {
        byte[] datagram = new byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(datagram, number);
        BinaryPrimitives.WriteInt32BigEndian(datagram.AsSpan(8), author);
        return datagram;
    }

    public byte[] Sends(ulong number) => Datagram(id, number);

    public override bool IsAuthor(ReadOnlySpan<byte> datagram)
    {
        Asked++;
        return BinaryPrimitives.ReadInt32BigEndian(datagram[8..]) == id;
    }
}
