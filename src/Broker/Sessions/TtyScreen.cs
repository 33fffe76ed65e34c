namespace MoshBroker.Sessions;

/// <summary>What a person's own terminal is told before our frames come to it, and after.</summary>
internal static class TtyScreen
{
    /// <summary>The alternate screen, empty; cursor keys in their application form, as the stock client has them.</summary>
    public static ReadOnlySpan<byte> Enter => "\e[?1049h\e[?1h\e[m\e[H\e[2J"u8;

    /// <summary>As it was.</summary>
    public static ReadOnlySpan<byte> Leave => "\e[m\e[r\e[?1l\e[?25h\e[?5l\e[?7h\e[?9l\e[?1000l\e[?1002l\e[?1003l\e[?1004l\e[?1005l\e[?1006l\e[?1015l\e[?2004l\e[?1049l"u8;

    /// <summary>Takes back what a program asked for of mouse and paste: nobody types to it here.</summary>
    public static ReadOnlySpan<byte> Deaf => "\e[?9l\e[?1000l\e[?1002l\e[?1003l\e[?1004l\e[?2004l"u8;
}
