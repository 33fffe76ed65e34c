namespace MoshBroker.Protocol.Datagrams;

/// <summary>What became of a fragment.</summary>
public enum FragmentOutcome
{
    /// <summary>Kept; pieces are missing.</summary>
    Incomplete,

    /// <summary>It completed its instruction.</summary>
    Complete,

    /// <summary>It contradicts a piece already held, or itself.</summary>
    Conflict,

    /// <summary>The instruction would be longer than <see cref="ZlibCodec.MaxLength"/>.</summary>
    TooLong,
}
