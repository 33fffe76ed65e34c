using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace MoshBroker.Protocol.Display;

/// <summary>A growing run of bytes in a rented array. Give it back with <see cref="Dispose"/>.</summary>
internal struct ByteSink
{
    private const int FirstSize = 4096;

    private byte[]? _buffer;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    public void Dispose()
    {
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        this = default;
    }

    public void Clear() => Length = 0;

    public void Truncate(int length) => Length = length;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(byte b)
    {
        if (_buffer is null || Length == _buffer.Length)
            Grow(1);
        _buffer![Length++] = b;
    }

    public void Add(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    public void AddRepeated(byte b, int count)
    {
        Room(count)[..count].Fill(b);
        Length += count;
    }

    public void AddNumber(int value)
    {
        if (value < 10)
        {
            Add((byte)('0' + value));
            return;
        }

        Utf8Formatter.TryFormat(value, Room(11), out int length);
        Length += length;
    }

    /// <summary>Free space of at least this size, to be followed by <see cref="Advance"/>.</summary>
    public Span<byte> Room(int size)
    {
        if (_buffer is null || _buffer.Length - Length < size)
            Grow(size);
        return _buffer.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    private void Grow(int size)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Max((_buffer?.Length ?? 0) * 2, Length + size)));
        Written.CopyTo(larger);
        if (_buffer is not null)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
