namespace MoshBroker.Protocol.StateSync;

/// <summary>What a fresh datagram meant for where its peer is answered.</summary>
[Flags]
public enum PathChange
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It is the first: the peer is answered there from now on.</summary>
    First = 1,

    /// <summary>The peer is answered elsewhere than before.</summary>
    Moved = 2,

    /// <summary>With <see cref="Moved"/>: back in a network that it left less than a minute before.</summary>
    Flap = 4,

    /// <summary>It proved that the peer hears us where it was not known to.</summary>
    Validated = 8,

    /// <summary>The flaps were too many: the peer is answered only where it is known to hear us, for half a minute.</summary>
    Stuck = 16,
}
