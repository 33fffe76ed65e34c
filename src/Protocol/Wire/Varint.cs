using System.Numerics;

namespace MoshBroker.Protocol.Wire;

/// <summary>Protocol buffers' base-128 integers: seven bits a byte, lowest first, the top bit set on all but the last byte.</summary>
public static class Varint
{
    /// <summary>The longest form, in bytes: ten times seven bits hold 64.</summary>
    public const int MaxLength = 10;

    /// <summary>How many bytes <see cref="Write"/> takes for a value: 1 to 10.</summary>
    public static int Length(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>Writes the shortest form to the start of a span and returns its length; the span must hold it.</summary>
    public static int Write(Span<byte> destination, ulong value)
    {
        int at = 0;
        while (value >= 0x80)
        {
            destination[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[at++] = (byte)value;
        return at;
    }

    /// <summary>Reads one integer and advances <paramref name="source"/> behind it; false, and no advance, when it is cut short or longer than ten bytes.</summary>
    /// <remarks>Bits above the 64th are dropped, as Google's parser does; overlong forms are accepted.</remarks>
    public static bool TryRead(ref ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        int length = Math.Min(source.Length, MaxLength);
        for (int i = 0; i < length; i++)
        {
            byte b = source[i];
            value |= (ulong)(b & 0x7f) << (7 * i);
            if (b < 0x80)
            {
                source = source[(i + 1)..];
                return true;
            }
        }

        value = 0;
        return false;
    }
}
