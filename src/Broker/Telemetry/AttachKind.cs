namespace MoshBroker.Telemetry;

/// <summary>How a client came to a terminal.</summary>
internal enum AttachKind
{
    /// <summary>The one that the session was opened for.</summary>
    First,

    /// <summary>Another, with a key of its own.</summary>
    Rekey,

    /// <summary>Another, and the one before was ended.</summary>
    Takeover,

    /// <summary>One that only looks.</summary>
    Watch,

    /// <summary>The same client, after its node was lost.</summary>
    Failover,

    /// <summary>Over ssh, without Mosh.</summary>
    Tty,
}
