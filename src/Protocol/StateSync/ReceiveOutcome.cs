namespace MoshBroker.Protocol.StateSync;

/// <summary>What became of the state that an instruction carries.</summary>
internal enum ReceiveOutcome
{
    /// <summary>Held already, or made from a state that is not held, or refused for now: ignored.</summary>
    Ignored,

    /// <summary>Kept below a newer one.</summary>
    KeptBelowNewest,

    /// <summary>The newest now.</summary>
    Newest,

    /// <summary>Its numbers or its diff make no sense; nothing was changed.</summary>
    Malformed,

    /// <summary>It gives up states that were never held.</summary>
    ThrowawayBeyondHeld,

    /// <summary>Its diff does what no peer may do.</summary>
    InvalidDiff,

    /// <summary>It does not extend the state before it, or is not extended by the one after it.</summary>
    NotExtending,
}
