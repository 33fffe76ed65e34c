namespace MoshBroker.Protocol.Terminal;

/// <summary>How often a limit of the emulator cut something short that a program asked for: ever growing counts, by kind.</summary>
/// <remarks>Not part of the terminal's state: neither copied nor in a snapshot.</remarks>
public sealed class TerminalGuards
{
    /// <summary>REP asked for more characters than the screen has cells.</summary>
    public ulong Repeat { get; private set; }

    /// <summary>Operating system commands (titles, clipboard) that were longer than is kept; once for each.</summary>
    public ulong Osc { get; private set; }

    /// <summary>Combining characters that a cell had no more room for.</summary>
    public ulong Combining { get; private set; }

    /// <summary>Sequences with more parameter bytes than are kept, once for each; and answers dropped because the program does not read them.</summary>
    public ulong Bytes { get; private set; }

    /// <summary>The sum of all, for a cheap look at whether anything happened.</summary>
    public ulong Total { get; private set; }

    internal void OnRepeat()
    {
        Repeat++;
        Total++;
    }

    internal void OnOsc()
    {
        Osc++;
        Total++;
    }

    internal void OnCombining()
    {
        Combining++;
        Total++;
    }

    internal void OnBytes()
    {
        Bytes++;
        Total++;
    }
}
