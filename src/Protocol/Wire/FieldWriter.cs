using System.Text;

namespace MoshBroker.Protocol.Wire;

/// <summary>Writes fields of a protocol buffers message into a buffer that the caller knows to be large enough.</summary>
public ref struct FieldWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>What was written.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    /// <summary>An integer.</summary>
    public void Varint(int field, ulong value)
    {
        Tag(field, FieldReader.VarintType);
        _length += Wire.Varint.Write(_buffer[_length..], value);
    }

    /// <summary>Bytes, or a nested message.</summary>
    public void Bytes(int field, scoped ReadOnlySpan<byte> bytes)
    {
        Tag(field, FieldReader.LengthDelimitedType);
        _length += Wire.Varint.Write(_buffer[_length..], (ulong)bytes.Length);
        bytes.CopyTo(_buffer[_length..]);
        _length += bytes.Length;
    }

    /// <summary>A text as UTF-8; nothing when it is longer than <paramref name="most"/> bytes (at most 256).</summary>
    public void Text(int field, string text, int most)
    {
        Span<byte> utf8 = stackalloc byte[256];
        if (Encoding.UTF8.TryGetBytes(text, utf8[..most], out int length))
            Bytes(field, utf8[..length]);
    }

    private void Tag(int field, int type) => _length += Wire.Varint.Write(_buffer[_length..], ((ulong)field << 3) | (uint)type);
}
