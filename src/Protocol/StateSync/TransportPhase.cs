namespace MoshBroker.Protocol.StateSync;

/// <summary>How far a transport is in its life.</summary>
public enum TransportPhase
{
    /// <summary>States go back and forth.</summary>
    Open,

    /// <summary>We want to end and repeat so until the peer acknowledges it.</summary>
    ShuttingDown,

    /// <summary>It is over; fresh datagrams are answered with the shutdown state for 10 s.</summary>
    Lingering,

    /// <summary>Nothing is taken or sent any more.</summary>
    Closed,
}
