namespace MoshBroker.Probing;

/// <summary>What to probe.</summary>
internal sealed record ProbePlan
{
    /// <summary>The program that begins a session, and its words: <c>moshbroker-open</c> here, or ssh to somewhere.</summary>
    public required IReadOnlyList<string> Bootstrap { get; init; }

    /// <summary>Where the datagrams go: a name or an address.</summary>
    public required string UdpHost { get; init; }

    /// <summary>How long each leg may take.</summary>
    public required TimeSpan Timeout { get; init; }

    public bool IsBySsh { get; init; }
}
