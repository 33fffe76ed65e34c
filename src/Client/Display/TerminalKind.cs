using MoshBroker.Protocol.Display;

namespace MoshBroker.Client.Display;

/// <summary>The user's terminal as the screen must know it.</summary>
/// <param name="Abilities">What it can do beyond what every terminal can.</param>
/// <param name="HasTitle">True when it has a window title that may be set.</param>
/// <param name="EnterScreen">Sent at the start; empty when the alternate screen is not wanted or there is none.</param>
/// <param name="LeaveScreen">Sent at the end.</param>
internal sealed record TerminalKind(TerminalAbilities Abilities, bool HasTitle, byte[] EnterScreen, byte[] LeaveScreen)
{
    private static readonly string[] TitledTerminals =
        ["xterm", "rxvt", "kterm", "Eterm", "alacritty", "screen", "tmux", "foot", "kitty", "wezterm", "vte", "gnome", "konsole", "ghostty", "st-"];

    /// <summary>From the database's entry.</summary>
    /// <param name="name">What TERM says.</param>
    /// <param name="entry">Its entry.</param>
    /// <param name="keepsScreen">True when the user wants what the session showed to stay (--no-init, MOSH_NO_TERM_INIT).</param>
    public static TerminalKind From(string name, Terminfo entry, bool keepsScreen) => new(
        entry.Abilities,
        Array.Exists(TitledTerminals, titled => name.StartsWith(titled, StringComparison.Ordinal)),
        keepsScreen ? [] : entry.EnterScreen,
        keepsScreen ? [] : entry.LeaveScreen);
}
