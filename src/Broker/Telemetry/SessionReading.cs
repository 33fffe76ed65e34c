namespace MoshBroker.Telemetry;

/// <summary>One live session's numbers at the moment of a scrape.</summary>
internal sealed record SessionReading
{
    /// <summary>The session's id: eight random hexadecimal characters.</summary>
    public required string Session { get; init; }

    public required string Tenant { get; init; }

    public required string Backend { get; init; }

    public double RttSeconds { get; init; }

    public double UplinkLoss { get; init; }

    public double DownlinkRepeats { get; init; }

    public double LastHeardUnixSeconds { get; init; }

    public long Roams { get; init; }

    public long AuthFailures { get; init; }

    public long BytesReceived { get; init; }

    public long BytesSent { get; init; }

    /// <summary>Which sessions an operator wants to see first: round trips and losses, to about a tenth, so that the order does not change all the time.</summary>
    public int Trouble => (int)(Math.Min(RttSeconds, 5) * 10) + (int)(UplinkLoss * 10) + (int)(DownlinkRepeats * 10);
}
