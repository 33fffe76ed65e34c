namespace MoshBroker.Lobby;

/// <summary>The keys that mean something to the menu.</summary>
internal enum MenuKeyKind
{
    Letter,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Backspace,

    /// <summary>Ctrl-U: forgets what was typed.</summary>
    Clear,

    Escape,

    /// <summary>Ctrl-C and Ctrl-D.</summary>
    Cancel,
}
