using System.Buffers;

namespace MoshBroker.Protocol.StateSync;

/// <summary>A buffer that is written, read and written again; one that grew large for once shrinks when it is reset.</summary>
internal sealed class GrowingBuffer : IBufferWriter<byte>
{
    private const int KeptLength = 128 * 1024;
    private const int FirstLength = 4 * 1024;

    private byte[] _bytes = new byte[FirstLength];
    private int _length;

    public int Length => _length;

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    public void Reset()
    {
        _length = 0;
        if (_bytes.Length > KeptLength)
            _bytes = new byte[FirstLength];
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _bytes.Length - _length);
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(sizeHint);
        return _bytes.AsSpan(_length);
    }

    private void Grow(int sizeHint)
    {
        int needed = _length + Math.Max(sizeHint, 1);
        if (needed > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
    }
}
