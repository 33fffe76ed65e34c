using System.Diagnostics;

namespace MoshBroker.Protocol.Datagrams;

/// <summary>Compresses and inflates instructions, each a zlib stream (RFC 1950) of its own.</summary>
/// <remarks>
/// About 320 KiB of native state: one per worker thread, never one per session. Not for several threads at once. What it gives is
/// borrowed until the next call of the same method.
/// </remarks>
public sealed unsafe class ZlibCodec : IDisposable
{
    /// <summary>The longest instruction, compressed or not, in bytes: both ends refuse a longer one.</summary>
    public const int MaxLength = 4 * 1024 * 1024;

    // A buffer that had to grow beyond this for one instruction is given up after it.
    private const int KeptLength = 128 * 1024;

    // zlib clears its hash table for every stream: 64 KiB at the default memory level (8), 4 KiB at this one, which is all that a keystroke or
    // a screen's line needs.
    private const int SmallMemoryLevel = 4;
    private const int DefaultMemoryLevel = 8;
    private const int SmallLength = 1024;

    private readonly ZlibStreamHandle _deflate = ZlibStreamHandle.NewDeflate(DefaultMemoryLevel);
    private readonly ZlibStreamHandle _deflateSmall = ZlibStreamHandle.NewDeflate(SmallMemoryLevel);
    private readonly ZlibStreamHandle _inflate = ZlibStreamHandle.NewInflate();
    private byte[] _compressed = new byte[4096];
    private byte[] _plain = new byte[16 * 1024];

    /// <summary>Compresses at zlib's default level; false when either form is longer than <see cref="MaxLength"/>.</summary>
    public bool TryDeflate(ReadOnlySpan<byte> plain, out ReadOnlySpan<byte> compressed)
    {
        compressed = default;
        if (plain.Length > MaxLength)
            return false;

        // zlib's own bound for streams that do not compress at all, at the smaller memory level.
        int bound = plain.Length + (plain.Length >> 3) + (plain.Length >> 6) + 64;
        Resize(ref _compressed, bound);
        ZlibStreamHandle handle = plain.Length <= SmallLength ? _deflateSmall : _deflate;
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        ZlibNative.Stream* stream = handle.Stream;
        Require(ZlibNative.DeflateReset(stream), ZlibNative.Ok);
        fixed (byte* from = plain, to = _compressed)
        {
            stream->NextIn = from;
            stream->AvailableIn = (uint)plain.Length;
            stream->NextOut = to;
            stream->AvailableOut = (uint)_compressed.Length;
            Require(ZlibNative.Deflate(stream, ZlibNative.Finish), ZlibNative.StreamEnd);
        }

        int length = (int)stream->TotalOut;
        compressed = _compressed.AsSpan(0, length);
        return length <= MaxLength;
    }

    /// <summary>
    /// Inflates one stream; what follows its end is ignored. False when it is no whole stream, or longer than <see cref="MaxLength"/>:
    /// then nothing beyond the limit was inflated.
    /// </summary>
    public bool TryInflate(ReadOnlySpan<byte> compressed, out ReadOnlySpan<byte> plain, out DropReason reason)
    {
        plain = default;
        reason = DropReason.BadInstruction;
        ObjectDisposedException.ThrowIf(_inflate.IsClosed, this);
        if (_plain.Length > KeptLength)
            _plain = new byte[KeptLength];

        ZlibNative.Stream* stream = _inflate.Stream;
        Require(ZlibNative.InflateReset(stream), ZlibNative.Ok);
        int length = 0;
        fixed (byte* from = compressed)
        {
            stream->NextIn = from;
            stream->AvailableIn = (uint)compressed.Length;
            while (true)
            {
                int result;
                fixed (byte* to = _plain)
                {
                    stream->NextOut = to + length;
                    stream->AvailableOut = (uint)(_plain.Length - length);
                    result = ZlibNative.Inflate(stream, ZlibNative.NoFlush);
                    length = _plain.Length - (int)stream->AvailableOut;
                }

                if (result == ZlibNative.StreamEnd)
                    break;

                // Anything but "the output is full" is an error or a stream cut short.
                if (result is not (ZlibNative.Ok or ZlibNative.BufferError) || stream->AvailableOut > 0)
                    return false;
                if (_plain.Length > MaxLength)
                {
                    reason = DropReason.InflateLimit;
                    return false;
                }

                // One byte more than the limit tells a stream that ends there from one that goes on.
                Array.Resize(ref _plain, Math.Min(2 * _plain.Length, MaxLength + 1));
            }
        }

        if (length > MaxLength)
        {
            reason = DropReason.InflateLimit;
            return false;
        }

        plain = _plain.AsSpan(0, length);
        reason = DropReason.None;
        return true;
    }

    /// <summary>Frees the native state.</summary>
    public void Dispose()
    {
        _deflate.Dispose();
        _deflateSmall.Dispose();
        _inflate.Dispose();
    }

    private static void Resize(ref byte[] buffer, int length)
    {
        if (length > buffer.Length || (buffer.Length > KeptLength && length <= KeptLength))
            buffer = new byte[Math.Max(length, 4096)];
    }

    private static void Require(int result, int expected)
    {
        if (result != expected)
            throw new UnreachableException($"zlib answered {result} where only {expected} can be.");
    }
}
