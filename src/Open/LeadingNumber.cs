namespace MoshBroker.Open;

/// <summary>The number at the start of a text, read as C's strtol does: blanks, a sign, digits; 0 when there are none.</summary>
internal readonly record struct LeadingNumber
{
    private LeadingNumber(long value, bool isWholeText, bool overflowed)
    {
        Value = value;
        IsWholeText = isWholeText;
        Overflowed = overflowed;
    }

    /// <summary>The value; the nearest limit when it overflowed.</summary>
    public long Value { get; }

    /// <summary>Nothing follows the number; also true for an empty text.</summary>
    public bool IsWholeText { get; }

    public bool Overflowed { get; }

    public static LeadingNumber Parse(ReadOnlySpan<byte> text)
    {
        int at = 0;
        while (at < text.Length && text[at] is (byte)' ' or (>= 9 and <= 13)) { at++; }
        bool negative = at < text.Length && text[at] == (byte)'-';
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+') { at++; }
        int firstDigit = at;
        long magnitude = 0;
        bool overflowed = false;
        for (; at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9'; at++)
        {
            int digit = text[at] - '0';
            if (magnitude > (long.MaxValue - digit) / 10) { overflowed = true; }
            else { magnitude = (magnitude * 10) + digit; }
        }

        if (at == firstDigit) { return new LeadingNumber(0, text.IsEmpty, false); }
        if (overflowed) { magnitude = long.MaxValue; }
        return new LeadingNumber(negative ? -magnitude : magnitude, at == text.Length, overflowed);
    }
}
