namespace MoshBroker.Protocol.StateSync;

/// <summary>Counts since the transport was made, and the present estimates.</summary>
public readonly record struct TransportStatistics
{
    /// <summary>Each end may encrypt this many blocks under one key.</summary>
    public const ulong BlockLimit = PacketLayer.BlockLimit;

    /// <summary>Datagrams handed to <c>OnDatagram</c>, of any kind.</summary>
    public ulong DatagramsReceived { get; init; }

    /// <summary>Their payload bytes.</summary>
    public ulong BytesReceived { get; init; }

    /// <summary>Those that were authentic.</summary>
    public ulong AuthenticReceived { get; init; }

    /// <summary>Authentic ones that were dropped for what they say.</summary>
    public ulong MalformedReceived { get; init; }

    /// <summary>Authentic ones with a number below the newest, not seen before.</summary>
    public ulong Reordered { get; init; }

    /// <summary>Authentic ones with a number seen before.</summary>
    public ulong Duplicates { get; init; }

    /// <summary>Authentic ones with a number 1,024 or more below the newest.</summary>
    public ulong Old { get; init; }

    /// <summary>Numbers that fresh ones skipped: lost, or yet to come.</summary>
    public ulong Skipped { get; init; }

    /// <summary>Numbers of the peer's datagrams, from the first to the newest.</summary>
    public ulong UplinkExpected { get; init; }

    /// <summary>Of these, never seen while 64 higher ones were: lost on the way here.</summary>
    public ulong UplinkLost { get; init; }

    /// <summary>Of these, missing across a silence of more than 6.5 s.</summary>
    public ulong UplinkOutage { get; init; }

    /// <summary>Datagrams handed out to be sent.</summary>
    public ulong DatagramsSent { get; init; }

    /// <summary>Their payload bytes.</summary>
    public ulong BytesSent { get; init; }

    /// <summary>Instructions that carried a change, repeated ones included; empty acks are none.</summary>
    public ulong Frames { get; init; }

    /// <summary>Instructions that repeated the newest state.</summary>
    public ulong Retransmissions { get; init; }

    /// <summary>16-byte blocks encrypted under this key, by this incarnation and those that it was restored from.</summary>
    public ulong BlocksSealed { get; init; }

    /// <summary>Smoothed round-trip time in ms; 1,000 before the first sample.</summary>
    public double SmoothedRtt { get; init; }

    /// <summary>Its mean deviation in ms.</summary>
    public double RttVariation { get; init; }

    /// <summary>False until a round trip was measured.</summary>
    public bool HasRttSample { get; init; }

    /// <summary>How many round trips were measured.</summary>
    public ulong RttSamples { get; init; }

    /// <summary>How unevenly what the peer sends is delayed, in ms (RFC 3550, section 6.4.1).</summary>
    public double Jitter { get; init; }

    /// <summary>When the last fresh datagram came.</summary>
    public MonoTime LastHeard { get; init; }

    /// <summary>When the newest own state that the peer acknowledged was sent: the last proven round trip.</summary>
    public MonoTime LastRoundTripSentAt { get; init; }
}
