using System.Buffers.Binary;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>Datagrams in a stream of bytes, each behind its length: <code>length: u16, big-endian | datagram</code></summary>
/// <remarks>The bytes of a stream come in any pieces; a buffer of this kind gives back whole datagrams in place. Nothing is allocated after its making.</remarks>
public sealed class StreamFrames
{
    /// <summary>Bytes before each datagram.</summary>
    public const int HeaderLength = 2;

    private readonly byte[] _buffer = new byte[8 * (HeaderLength + DatagramLimits.MaxReceived)];
    private int _start;
    private int _end;

    /// <summary>Where the next bytes of the stream go; say how many by <see cref="Advance"/>. Never empty, once all whole datagrams were taken.</summary>
    public Span<byte> Room
    {
        get
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            return _buffer.AsSpan(_end);
        }
    }

    /// <summary>So many bytes were written to <see cref="Room"/>.</summary>
    public void Advance(int count) => _end += count;

    /// <summary>The next whole datagram, valid until <see cref="Room"/> is asked for; false when there is none, or when <paramref name="isBroken"/>.</summary>
    /// <param name="datagram">24 bytes at least, the shortest that can be authentic.</param>
    /// <param name="isBroken">The stream holds a length that no datagram has: nothing that follows makes sense.</param>
    public bool TryTake(out ReadOnlySpan<byte> datagram, out bool isBroken)
    {
        datagram = default;
        isBroken = false;
        if (_end - _start < HeaderLength)
            return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start));
        isBroken = length is < DatagramLimits.MinReceived or > DatagramLimits.MaxReceived;
        if (isBroken || _end - _start < HeaderLength + length)
            return false;
        datagram = _buffer.AsSpan(_start + HeaderLength, length);
        _start += HeaderLength + length;
        return true;
    }

    /// <summary>Writes a datagram with its length in front; returns how many bytes that is.</summary>
    public static int Write(ReadOnlySpan<byte> datagram, Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)datagram.Length);
        datagram.CopyTo(to[HeaderLength..]);
        return HeaderLength + datagram.Length;
    }
}
