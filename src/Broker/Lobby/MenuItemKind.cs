namespace MoshBroker.Lobby;

/// <summary>What a line of the menu stands for; the menu shows them in this order.</summary>
internal enum MenuItemKind
{
    /// <summary>A live session of the user's own.</summary>
    Session,

    /// <summary>A target that he may reach now.</summary>
    Target,

    /// <summary>A target that he may reach at other times, or from elsewhere.</summary>
    Closed,
}
