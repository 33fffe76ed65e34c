using MoshBroker.Testing;

namespace MoshBroker.Protocol.Tests.Fuzz;

/// <summary>Holds the key, and damages what he says at a layer of his choice: packet, fragment, zlib, protobuf, numbers, diff.</summary>
internal abstract class Thief(SeededRandom random)
{
    private readonly List<byte[]> _said = [];
    private byte[]? _bomb;

    protected SeededRandom Random { get; } = random;

    /// <summary>The next datagram, to an end whose newest state has a number, and that will send a number.</summary>
    public byte[] Next(HandMadePeer peer, ulong newest, ulong theirs)
    {
        // A hole or a step back in the numbers: late, twice, or from far ahead.
        if (Random.Next(50) == 0)
            peer.Sequence += (ulong)Random.Next(2000);
        if (_said.Count > 0 && Random.Next(12) == 0)
            return _said[Random.Next(_said.Count)];

        byte[] datagram = Make(peer, newest, theirs);
        if (_said.Count < 200)
            _said.Add(datagram);
        else
            _said[Random.Next(200)] = datagram;
        return datagram;
    }

    protected abstract byte[] Diff();

    private byte[] Make(HandMadePeer peer, ulong newest, ulong theirs)
    {
        byte[] honest = HandMadePeer.Instruction(newest, newest + 1, theirs, Random.Happens(0.5) ? newest : 0, Diff());
        switch (Random.Next(16))
        {
            case 0:
                return peer.Seal(Random.Bytes(Random.Next(60)));
            case 1:
                byte[] whole = peer.Deflate(honest);
                int cut = Random.Next(whole.Length + 1);
                return peer.Fragment((ulong)Random.Next(3), Random.Next(4) == 0 ? Random.Next(1 << 15) : Random.Next(3), Random.Happens(0.4), whole.AsSpan(0, Math.Min(cut, 1400)));
            case 2:
                byte[] damaged = Mutation.Of(peer.Deflate(honest), Random);
                return peer.Fragment(++peer.FragmentId, 0, isFinal: true, damaged.AsSpan(0, Math.Min(damaged.Length, 1900)));
            case 3 when Random.Next(40) == 0:
                // 1.7 KB that would be megabytes.
                _bomb ??= peer.Deflate(new byte[1_700_000]);
                return peer.Fragment(++peer.FragmentId, 0, isFinal: true, _bomb.AsSpan(0, Math.Min(_bomb.Length, 1900)));
            case 3 or 4 or 5:
                return Sized(peer, Mutation.Of(honest, Random));
            case 6 or 7:
                return Sized(peer, HandMadePeer.Instruction(Number(newest), Number(newest), Number(theirs), Number(newest), Diff(), Random.Next(30) == 0 ? 3u : 2u));
            case 8 or 9:
                return Sized(peer, HandMadePeer.Instruction(newest, newest + 1, theirs, newest, Mutation.Of(Diff(), Random)));
            default:
                return Sized(peer, honest);
        }
    }

    private static byte[] Sized(HandMadePeer peer, byte[] message)
    {
        byte[] whole = peer.Deflate(message);
        return peer.Fragment(++peer.FragmentId, 0, isFinal: true, whole.AsSpan(0, Math.Min(whole.Length, 1900)));
    }

    private ulong Number(ulong near) => Random.Next(40) switch
    {
        0 => ulong.MaxValue,
        1 => ulong.MaxValue - 1,
        2 => 1UL << 63,
        3 => (ulong)Random.Next(int.MaxValue),
        < 10 => 0,
        < 20 => near + 1,
        < 24 => near - (ulong)Random.Next(5),
        _ => near,
    };
}
