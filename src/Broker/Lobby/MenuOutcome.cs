namespace MoshBroker.Lobby;

/// <summary>What a key has come to.</summary>
internal enum MenuOutcome
{
    Stay,

    /// <summary>The selected item is wanted.</summary>
    Choose,

    /// <summary>The user wants none of it.</summary>
    Leave,
}
