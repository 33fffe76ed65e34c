namespace MoshBroker.Protocol.Terminal;

/// <summary>Bytes to code points, with as many replacement characters for what is no UTF-8 as glibc's decoder gives.</summary>
/// <remarks>
/// C2 to FD announce 2 to 6 bytes, whose continuation bytes are collected before they are judged. Cut short: one U+FFFD, and the byte that cut it is
/// read afresh. Overlong or surrogate: one U+FFFD for all but the last byte, which then strays. Above U+10FFFF: one.
/// </remarks>
internal struct Utf8Decoder
{
    internal const int Replacement = 0xfffd;

    /// <summary>Continuation bytes still to come; 0 between characters.</summary>
    internal byte Missing;

    /// <summary>Continuation bytes that the lead byte announced.</summary>
    internal byte Announced;

    internal uint Value;

    internal readonly bool IsBetweenCharacters => Missing == 0;

    /// <summary>Takes one byte. True: <paramref name="codePoint"/> came out; then, if <paramref name="again"/>, the same byte must be given once more.</summary>
    internal bool TryAdd(byte b, out int codePoint, out bool again)
    {
        again = false;
        if (Missing == 0)
        {
            codePoint = b;
            if (b < 0x80)
                return true;

            (Announced, Value) = b switch
            {
                < 0xc2 or > 0xfd => ((byte)0, 0u),
                < 0xe0 => ((byte)1, b & 0x1fu),
                < 0xf0 => ((byte)2, b & 0x0fu),
                < 0xf8 => ((byte)3, b & 0x07u),
                < 0xfc => ((byte)4, b & 0x03u),
                _ => ((byte)5, b & 0x01u),
            };
            Missing = Announced;
            codePoint = Replacement;
            return Missing == 0;
        }

        codePoint = Replacement;
        if ((b & 0xc0) != 0x80)
        {
            Missing = 0;
            again = true;
            return true;
        }

        Value = (Value << 6) | (b & 0x3fu);
        if (--Missing > 0)
            return false;

        uint least = Announced switch { 1 => 0x80, 2 => 0x800, 3 => 0x1_0000, 4 => 0x20_0000, _ => 0x400_0000 };
        if (Value < least || Value is >= 0xd800 and <= 0xdfff)
            again = true;
        else if (Value <= 0x10ffff)
            codePoint = (int)Value;
        return true;
    }
}
