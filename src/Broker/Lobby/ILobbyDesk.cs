namespace MoshBroker.Lobby;

/// <summary>Whom the menu asks on behalf of its user. From any thread.</summary>
internal interface ILobbyDesk
{
    /// <summary>Who the user is, for the screen.</summary>
    string Title { get; }

    /// <summary>What is open to the user now; null when nothing is any more, because he himself is not welcome.</summary>
    Task<IReadOnlyList<MenuItem>?> LookAsync();

    /// <summary>He wants that one.</summary>
    /// <param name="session">The menu's own session.</param>
    Task<LobbyAnswer> ChooseAsync(string session, MenuItem item);

    /// <summary>What was chosen came to nothing: the session is a menu's again.</summary>
    void Return(string session);
}
