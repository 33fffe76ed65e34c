namespace MoshBroker.Endpoint;

/// <summary>How far a client moved.</summary>
internal enum RoamKind
{
    /// <summary>The same address, another port: a NAT's new binding, or the client's own hop.</summary>
    Port,

    /// <summary>Another address in the same /24 or /48.</summary>
    SamePrefix,

    /// <summary>Another network.</summary>
    NewPrefix,

    /// <summary>From IPv4 to IPv6, or back.</summary>
    Family,
}
