namespace MoshBroker.Protocol.Datagrams;

/// <summary>Why a datagram was dropped in silence; each has one reason, which is counted.</summary>
public enum DropReason
{
    /// <summary>It was not dropped.</summary>
    None,

    /// <summary>Too short to hold what it must.</summary>
    Short,

    /// <summary>Longer than <see cref="DatagramLimits.MaxReceived"/>.</summary>
    Oversize,

    /// <summary>It carries the receiver's own direction: a reflection.</summary>
    Direction,

    /// <summary>Nobody's, or the session is not known to be anybody's.</summary>
    UnknownSource,

    /// <summary>From outside the tenant's networks.</summary>
    Network,

    /// <summary>The tag is wrong.</summary>
    AuthFailed,

    /// <summary>For a session that has ended.</summary>
    Tombstone,

    /// <summary>The budget for trial decryption was spent.</summary>
    TrialBudget,

    /// <summary>Its source sent too much.</summary>
    RateLimited,

    /// <summary>The session's queue had no room.</summary>
    QueueFull,

    /// <summary>Authentic, but not a fragment, a compressed stream or an instruction.</summary>
    BadInstruction,

    /// <summary>Authentic, but longer than the limit once reassembled or inflated.</summary>
    InflateLimit,

    /// <summary>Authentic, but of another protocol version.</summary>
    ProtocolVersion,
}
