namespace MoshBroker.Protocol.StateSync;

/// <summary>What an authentic datagram's sequence number says about its way here.</summary>
public enum ReplayKind
{
    /// <summary>The newest so far.</summary>
    None,

    /// <summary>Late, and seen for the first time.</summary>
    Reordered,

    /// <summary>Seen before.</summary>
    Duplicate,

    /// <summary>1,024 or more behind the newest: not known which.</summary>
    Old,
}
