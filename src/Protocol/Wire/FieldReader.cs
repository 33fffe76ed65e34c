using System.Buffers.Binary;

namespace MoshBroker.Protocol.Wire;

/// <summary>Walks over the fields of one serialised protocol buffers message, in place.</summary>
/// <remarks>
/// Call <see cref="TryNext"/> until it is false, then look at <see cref="IsMalformed"/>. Groups (wire types 3 and 4) are refused: no message of
/// this protocol has them. Borrows its buffer.
/// </remarks>
public ref struct FieldReader(ReadOnlySpan<byte> message)
{
    /// <summary>Wire type of integers.</summary>
    public const int VarintType = 0;

    /// <summary>Wire type of bytes, strings and nested messages.</summary>
    public const int LengthDelimitedType = 2;

    private const int Fixed64Type = 1;
    private const int Fixed32Type = 5;

    private ReadOnlySpan<byte> _rest = message;

    /// <summary>Field number of the present field, 1 to 2^29-1.</summary>
    public int Number { get; private set; }

    /// <summary>Wire type of the present field.</summary>
    public int Type { get; private set; }

    /// <summary>The present field's integer; 0 when it is length-delimited.</summary>
    public ulong Value { get; private set; }

    /// <summary>The present field's bytes; empty unless it is length-delimited.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>True when <see cref="TryNext"/> stopped at something that is no field, instead of at the end.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>True when the present field is the integer with this number.</summary>
    public readonly bool IsVarint(int number) => Number == number && Type == VarintType;

    /// <summary>True when the present field is the byte string or message with this number.</summary>
    public readonly bool IsBytes(int number) => Number == number && Type == LengthDelimitedType;

    /// <summary>Steps to the next field; false at the end and when the message is malformed.</summary>
    public bool TryNext()
    {
        if (_rest.IsEmpty)
            return false;

        Value = 0;
        Bytes = default;
        if (!Varint.TryRead(ref _rest, out ulong tag) || tag >> 3 is 0 or > 0x1fff_ffff)
            return Malformed();

        Number = (int)(tag >> 3);
        Type = (int)(tag & 7);
        switch (Type)
        {
            case VarintType:
                if (!Varint.TryRead(ref _rest, out ulong value))
                    return Malformed();
                Value = value;
                return true;
            case Fixed64Type when _rest.Length >= 8:
                Value = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[8..];
                return true;
            case Fixed32Type when _rest.Length >= 4:
                Value = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[4..];
                return true;
            case LengthDelimitedType:
                if (!Varint.TryRead(ref _rest, out ulong length) || length > (ulong)_rest.Length)
                    return Malformed();
                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            default:
                return Malformed();
        }
    }

    private bool Malformed()
    {
        IsMalformed = true;
        _rest = default;
        return false;
    }
}
