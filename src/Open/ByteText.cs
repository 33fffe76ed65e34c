namespace MoshBroker.Open;

/// <summary>A text that grows. Bytes, because words, paths and variables need not be UTF-8 and must leave as they came.</summary>
internal sealed class ByteText
{
    private byte[] _bytes = new byte[256];
    private int _length;

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    public ByteText Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _bytes.Length) { Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length)); }
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        return this;
    }

    public ByteText Append(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        int at = digits.Length;
        ulong rest = number < 0 ? (ulong)-number : (ulong)number;
        do
        {
            digits[--at] = (byte)('0' + (rest % 10));
            rest /= 10;
        }
        while (rest != 0);
        if (number < 0) { digits[--at] = (byte)'-'; }
        return Append(digits[at..]);
    }

    /// <summary>A line for stderr: our name first, so that no line can begin with "MOSH ", which the wrapper would act on.</summary>
    public ByteText AppendNotice(ReadOnlySpan<byte> start, ReadOnlySpan<byte> middle = default, ReadOnlySpan<byte> end = default)
    {
        return Append("moshbroker open: "u8).AppendPrintable(start).AppendPrintable(middle).AppendPrintable(end).Append("\n"u8);
    }

    /// <summary>Text that came from elsewhere, for a terminal: no line ends, no escape sequences.</summary>
    public ByteText AppendPrintable(ReadOnlySpan<byte> bytes)
    {
        int start = _length;
        Append(bytes);
        for (int i = start; i < _length; i++)
        {
            if (_bytes[i] is < 0x20 or 0x7f) { _bytes[i] = (byte)'?'; }
        }

        return this;
    }

    public byte[] ToArray() => Span.ToArray();

    /// <summary>Words of our own, which are ASCII.</summary>
    public static byte[] FromAscii(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++) { bytes[i] = (byte)text[i]; }
        return bytes;
    }

    /// <summary>The bytes and a terminating zero, for libc.</summary>
    public static byte[] ZeroTerminated(ReadOnlySpan<byte> text)
    {
        byte[] copy = new byte[text.Length + 1];
        text.CopyTo(copy);
        return copy;
    }
}
