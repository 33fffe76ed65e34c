namespace MoshBroker.Protocol.Terminal;

/// <summary>What <see cref="PageKeyReader"/> found.</summary>
public enum PageKey
{
    /// <summary>The end of what was typed.</summary>
    None,

    /// <summary>Towards older rows.</summary>
    Up,

    /// <summary>Towards newer rows.</summary>
    Down,

    /// <summary>No key: the terminal says that its window got the keyboard, CSI I.</summary>
    FocusIn,

    /// <summary>No key: the terminal says that its window lost the keyboard, CSI O.</summary>
    FocusOut,
}
