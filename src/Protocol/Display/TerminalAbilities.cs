namespace MoshBroker.Protocol.Display;

/// <summary>What a terminal can do beyond what every one can. The emulator of a client can do all of it; a user's terminal says so in terminfo.</summary>
[Flags]
public enum TerminalAbilities
{
    /// <summary>None of these.</summary>
    None = 0,

    /// <summary>ECH: so many cells are erased, and the cursor stays.</summary>
    EraseCharacters = 1,

    /// <summary>What is erased or scrolled in gets the present background, not the terminal's own.</summary>
    EraseInBackground = 2,

    /// <summary>SU, SD, IL, DL in a region.</summary>
    Scroll = 4,

    /// <summary>A clipboard that the program may fill. Who only watches gives it none of his.</summary>
    Clipboard = 8,

    /// <summary>
    /// What stock's emulator does not know: faint, struck through, overlined, the kinds of underline, OSC 8, the cursor's shape. Only for clients that
    /// have said so, and for terminals that are known for it.
    /// </summary>
    Full = 16,

    /// <summary>All that stock's emulator knows.</summary>
    All = EraseCharacters | EraseInBackground | Scroll | Clipboard,

    /// <summary>Everything, for somebody who watches and is not the program's user.</summary>
    Watching = All & ~Clipboard,
}
