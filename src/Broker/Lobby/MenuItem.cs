namespace MoshBroker.Lobby;

/// <summary>Something to choose.</summary>
/// <param name="Id">Of a session, its id; of a target, its name.</param>
/// <param name="Name">What the user calls it.</param>
/// <param name="Note">What he should know before he chooses; of one that is closed, why it is.</param>
internal sealed record MenuItem(MenuItemKind Kind, string Id, string Name, string Note)
{
    public bool IsSame(MenuItem other) => Kind == other.Kind && Id == other.Id;
}
