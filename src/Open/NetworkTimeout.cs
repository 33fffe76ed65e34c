namespace MoshBroker.Open;

/// <summary>MOSH_SERVER_NETWORK_TMOUT: after how many seconds without a client the session ends.</summary>
internal static class NetworkTimeout
{
    /// <summary>Seconds; 0 when there is no such limit. A number with something after it counts, with a warning; a negative one doesn't.</summary>
    public static long Read(EnvironmentBlock environment, ByteText notices)
    {
        if (environment.Find("MOSH_SERVER_NETWORK_TMOUT"u8) is not byte[] text) { return 0; }
        LeadingNumber number = LeadingNumber.Parse(text);
        if (!number.IsWholeText) { notices.AppendNotice("warning: MOSH_SERVER_NETWORK_TMOUT is not a whole number: \""u8, text, "\""u8); }
        if (number.Value >= 0) { return number.Value; }
        notices.AppendNotice("warning: MOSH_SERVER_NETWORK_TMOUT is negative; ignored"u8);
        return 0;
    }
}
