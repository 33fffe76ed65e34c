namespace MoshBroker.Open;

/// <summary>What <c>-p</c> asks for: one port (0 = any), or a range.</summary>
internal readonly record struct PortRange(int Low, int High)
{
    /// <summary>Reads <c>PORT</c> or <c>PORT:PORT2</c>; when it can't, <paramref name="reason"/> says why.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out PortRange range, out ReadOnlySpan<byte> reason)
    {
        int colon = text.IndexOf((byte)':');
        LeadingNumber low = LeadingNumber.Parse(colon < 0 ? text : text[..colon]);
        LeadingNumber high = colon < 0 ? low : LeadingNumber.Parse(text[(colon + 1)..]);
        range = default;
        reason = default;
        if (!low.IsWholeText || !high.IsWholeText) { reason = "not a number"u8; }
        else if (low.Value is < 0 or > 65535 || high.Value is < 0 or > 65535) { reason = "outside 0 to 65535"u8; }
        else if (colon >= 0 && low.Value == 0) { reason = "port 0 (any) can't begin a range"u8; }
        else if (low.Value > high.Value) { reason = "the low port is above the high one"u8; }
        if (!reason.IsEmpty) { return false; }
        range = new PortRange((int)low.Value, (int)high.Value);
        return true;
    }

    /// <summary><c>N</c> or <c>LO:HI</c>, as the broker reads it.</summary>
    public byte[] ToText()
    {
        ByteText text = new ByteText().Append(Low);
        if (High != Low) { text.Append(":"u8).Append(High); }
        return text.ToArray();
    }
}
