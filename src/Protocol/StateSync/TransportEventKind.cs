namespace MoshBroker.Protocol.StateSync;

/// <summary>What a transport has to tell its owner.</summary>
public enum TransportEventKind
{
    /// <summary>The first fresh authentic datagram, at all or since the peer was forgotten, has come.</summary>
    PeerAttached,

    /// <summary>A server heard nothing fresh for 40 s and sends nothing until it does.</summary>
    PeerForgotten,

    /// <summary>There is a new newest remote state; several since the last reading count as one.</summary>
    RemoteChanged,

    /// <summary>The newest remote state is the peer's last. It is being answered; <see cref="Ended"/> follows.</summary>
    PeerShutdown,

    /// <summary>Half of the epoch's 2^32 sequence numbers are spent: draw another and call <see cref="Transport{TLocal, TRemote}.BeginEpoch"/>.</summary>
    EpochNearlySpent,

    /// <summary>It is over, for <see cref="TransportEvent.Reason"/>; for 10 s fresh datagrams are still answered with the shutdown state.</summary>
    Ended,

    /// <summary>Nothing will be sent any more: the socket may go.</summary>
    Closed,
}
