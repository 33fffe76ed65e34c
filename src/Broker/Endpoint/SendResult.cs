namespace MoshBroker.Endpoint;

/// <summary>What became of a datagram that was handed to the kernel.</summary>
internal enum SendResult
{
    Sent,

    /// <summary>Lost, as the network may lose any other: no room, no route.</summary>
    Failed,

    /// <summary>Too long for the path (EMSGSIZE).</summary>
    TooLong,
}
