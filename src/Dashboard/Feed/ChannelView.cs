namespace MoshBroker.Dashboard.Feed;

/// <summary>One client's view of a session at one moment.</summary>
/// <param name="Peer">"address:port", brackets around IPv6; null before the first authentic datagram.</param>
/// <param name="SrttMs">Smoothed round-trip time; null before the first sample.</param>
/// <param name="LastHeardSecondsAgo">Since the last authentic datagram; null before the first.</param>
/// <param name="Drops">Dropped datagrams by reason; only reasons that occurred.</param>
/// <param name="KeyBlocks">Blocks encrypted under the key, both directions.</param>
internal sealed record ChannelView(
    int Id,
    int Port,
    string? Peer,
    double? SrttMs,
    double? LastHeardSecondsAgo,
    long DatagramsIn,
    long DatagramsOut,
    long BytesIn,
    long BytesOut,
    long Roams,
    long KeyBlocks,
    IReadOnlyDictionary<string, long> Drops)
{
    /// <summary>The round trip's mean deviation; null before the first sample.</summary>
    public double? RttVariationMs { get; init; }

    /// <summary>How unevenly what the client sends is delayed (RFC 3550, section 6.4.1).</summary>
    public double JitterMs { get; init; }

    /// <summary>Share of the client's datagrams that never came; 0 to 1.</summary>
    public double UplinkLoss { get; init; }

    /// <summary>Share of frames that were sent again; 0 to 1.</summary>
    public double DownlinkRepeats { get; init; }

    /// <summary>He sees, and cannot type.</summary>
    public bool IsReadOnly { get; init; }
}
