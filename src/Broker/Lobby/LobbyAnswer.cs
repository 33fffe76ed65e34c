using MoshBroker.Backends;

namespace MoshBroker.Lobby;

/// <summary>What becomes of a choice.</summary>
internal abstract record LobbyAnswer
{
    /// <summary>The way in.</summary>
    internal sealed record Enter(IBackendSource Source) : LobbyAnswer;

    /// <summary>Why not, in one line for the user.</summary>
    internal sealed record Refused(string Line) : LobbyAnswer;
}
