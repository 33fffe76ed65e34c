namespace MoshBroker.FrontDoor;

/// <summary>How much of the machine those may take who have not proved yet who they are.</summary>
/// <remarks>
/// A connection costs a descriptor until it has said "SSH-", a process of 3 MB from then until it is logged in or its time is over. Honest
/// bursts wait for their turn instead of being refused.
/// </remarks>
internal sealed record ReceptionLimits
{
    /// <summary>Connections before their login, in all.</summary>
    public int Connections { get; init; } = 1000;

    /// <summary>The same from one source: an IPv4 address, an IPv6 /56.</summary>
    public int ConnectionsPerSource { get; init; } = 200;

    /// <summary>Of these, with an sshd at work.</summary>
    public int Daemons { get; init; } = 64;

    /// <summary>The same from one source.</summary>
    public int DaemonsPerSource { get; init; } = 16;

    /// <summary>Below so many, a client is served that waits for the server to speak first, as RFC 4253 lets it.</summary>
    public int DaemonsForTheSilent { get; init; } = 8;

    /// <summary>How long a client may be silent before it is taken for such a one.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long it may take to be logged in.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(SshdSettings.LoginGraceSeconds);

    /// <summary>How long a trusted proxy has for its header.</summary>
    public TimeSpan ProxyPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>After the first refusal of a source for a reason, how long others like it are only counted.</summary>
    public TimeSpan RefusalsToldEvery { get; init; } = TimeSpan.FromMinutes(1);
}
