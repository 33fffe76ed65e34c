namespace MoshBroker.Telemetry;

/// <summary>Who sent a datagram that does not authenticate, by where it came from.</summary>
internal enum PeerClass
{
    /// <summary>From an address where the channel's client is.</summary>
    Known,

    /// <summary>From the address of a client whose session ended lately: it may not know yet.</summary>
    Recent,

    /// <summary>From anywhere else.</summary>
    Unknown,
}
