namespace MoshBroker.Open;

/// <summary>
/// What the launcher noted before .NET started, in MOSHBROKER_CALLER_NOFILE (soft limit of descriptors) and MOSHBROKER_CALLER_SIGIGN
/// (ignored signals, as /proc shows them): the runtime has changed both by the time that Main runs, and children would inherit it.
/// </summary>
internal sealed class CallerState
{
    /// <summary>The soft limit as a word for ulimit; empty when it is not known.</summary>
    public byte[] DescriptorLimit { get; private init; } = [];

    /// <summary>Numbers of the signals that the caller ignores, with blanks between; all others are at their defaults.</summary>
    public byte[] IgnoredSignals { get; private init; } = [];

    /// <summary>Takes the notes out of the environment; they are no business of the session's program.</summary>
    public static CallerState TakeFrom(EnvironmentBlock environment)
    {
        var state = new CallerState
        {
            DescriptorLimit = LimitWord(environment.Find("MOSHBROKER_CALLER_NOFILE"u8)),
            IgnoredSignals = SignalNumbers(environment.Find("MOSHBROKER_CALLER_SIGIGN"u8)),
        };
        environment.Remove("MOSHBROKER_CALLER_NOFILE"u8);
        environment.Remove("MOSHBROKER_CALLER_SIGIGN"u8);
        return state;
    }

    private static byte[] LimitWord(byte[]? note)
    {
        if (note is null) { return []; }
        if (note.AsSpan().SequenceEqual("unlimited"u8)) { return note; }
        return note.Length is > 0 and <= 19 && note.AsSpan().IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 ? note : [];
    }

    private static byte[] SignalNumbers(byte[]? mask)
    {
        if (mask is null || mask.Length > 16) { return []; }
        ulong bits = 0;
        foreach (byte digit in mask)
        {
            int value = digit switch
            {
                >= (byte)'0' and <= (byte)'9' => digit - '0',
                >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
                _ => -1,
            };
            if (value < 0) { return []; }
            bits = (bits << 4) | (uint)value;
        }

        var numbers = new ByteText();
        for (int signal = 1; signal <= 64; signal++)
        {
            // 32 and 33 are the C library's own.
            if ((bits >> (signal - 1) & 1) == 0 || signal is 32 or 33) { continue; }
            if (!numbers.Span.IsEmpty) { numbers.Append(" "u8); }
            numbers.Append(signal);
        }

        return numbers.ToArray();
    }
}
