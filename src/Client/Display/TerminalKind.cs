using MoshBroker.Protocol.Display;

namespace MoshBroker.Client.Display;

/// <summary>The user's terminal as the screen must know it.</summary>
/// <param name="Abilities">What it can do beyond what every terminal can.</param>
/// <param name="HasTitle">True when it has a window title that may be set.</param>
/// <param name="EnterScreen">Sent at the start; empty when the alternate screen is not wanted or there is none.</param>
/// <param name="LeaveScreen">Sent at the end.</param>
/// <param name="HoldsUpdates">True when it shows nothing of an update before its end (mode 2026).</param>
internal sealed record TerminalKind(TerminalAbilities Abilities, bool HasTitle, byte[] EnterScreen, byte[] LeaveScreen, bool HoldsUpdates = false)
{
    // Those that are known to show, or quietly skip, hyperlinks, faint and its like, and shapes of the cursor.
    private static readonly string[] FullTerminals =
        ["xterm", "alacritty", "tmux", "foot", "kitty", "wezterm", "vte", "gnome", "konsole", "ghostty", "contour", "mintty", "iterm", "rio", "st-"];

    private static readonly string[] HoldingTerminals = ["xterm-kitty", "kitty", "foot", "wezterm", "alacritty", "ghostty", "xterm-ghostty", "contour", "rio"];

    private static readonly string[] HoldingPrograms = ["WezTerm", "ghostty", "iTerm.app", "contour", "rio"];

    // VTE has it since 0.68.
    private const int HoldingVte = 6800;

    /// <summary>True when it gets what stock's client could not draw.</summary>
    public bool IsFull => (Abilities & TerminalAbilities.Full) != 0;

    private static readonly string[] TitledTerminals =
        ["xterm", "rxvt", "kterm", "Eterm", "alacritty", "screen", "tmux", "foot", "kitty", "wezterm", "vte", "gnome", "konsole", "ghostty", "st-"];

    /// <summary>From the database's entry.</summary>
    /// <param name="name">What TERM says.</param>
    /// <param name="entry">Its entry.</param>
    /// <param name="keepsScreen">True when the user wants what the session showed to stay (--no-init, MOSH_NO_TERM_INIT).</param>
    /// <param name="variable">The environment: some terminals say there who they are.</param>
    public static TerminalKind From(string name, Terminfo entry, bool keepsScreen, Func<string, string?> variable) => new(
        entry.Abilities | (Knows(FullTerminals, name) ? TerminalAbilities.Full : TerminalAbilities.None),
        Knows(TitledTerminals, name),
        keepsScreen ? [] : entry.EnterScreen,
        keepsScreen ? [] : entry.LeaveScreen,
        Knows(HoldingTerminals, name) || IsHoldingProgram(name, variable));

    private static bool Knows(string[] names, string name) => Array.Exists(names, known => name.StartsWith(known, StringComparison.Ordinal));

    /// <summary>Variables reach programs inside a multiplexer too, which is another terminal: there only its own name counts.</summary>
    private static bool IsHoldingProgram(string name, Func<string, string?> variable) =>
        name.StartsWith("xterm", StringComparison.Ordinal)
        && (Array.IndexOf(HoldingPrograms, variable("TERM_PROGRAM")) >= 0 || (int.TryParse(variable("VTE_VERSION"), out int vte) && vte >= HoldingVte));
}
