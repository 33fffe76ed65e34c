namespace MoshBroker.FrontDoor;

internal enum SshdEventKind
{
    /// <summary>Nothing that is worth an event.</summary>
    Noise,

    /// <summary>Keys are exchanged; the event's reason is by what.</summary>
    Handshake,

    /// <summary>The user has proved who he is.</summary>
    Accepted,

    /// <summary>An attempt to log in failed; more may follow on the same connection.</summary>
    Failed,

    /// <summary>The connection came to nothing before any attempt.</summary>
    Broken,
}
