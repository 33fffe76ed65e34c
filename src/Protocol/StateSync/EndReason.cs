namespace MoshBroker.Protocol.StateSync;

/// <summary>Why a transport ended.</summary>
public enum EndReason
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>Our shutdown was acknowledged.</summary>
    LocalShutdown,

    /// <summary>Our shutdown was not acknowledged in 16 tries or 10 s.</summary>
    ShutdownUnanswered,

    /// <summary>The peer shut down, and was answered.</summary>
    PeerShutdown,

    /// <summary>The peer gave up states that it never sent: a breach of the protocol.</summary>
    ThrowawayBeyondHeld,

    /// <summary>The peer sent a state that does not extend an older one: a breach of the protocol.</summary>
    StateNotExtending,

    /// <summary>The peer sent a diff that no peer may send, such as a window without rows: a breach of the protocol.</summary>
    InvalidDiff,

    /// <summary>The peer sent 1,000 authentic datagrams that make no sense.</summary>
    TooManyMalformed,

    /// <summary>The key is worn out: 2^47 blocks were encrypted under it.</summary>
    CryptoLimit,

    /// <summary>The next sequence number had been used before under this key: a fault of ours, stopped before it sent.</summary>
    NonceReuse,
}
