namespace MoshBroker.Endpoint;

/// <summary>Tells moves apart by how much of the address changed.</summary>
internal static class RoamKinds
{
    private const int HostBits4 = 8; // A /24 is what one site or one pool of a carrier commonly has.
    private const int HostBits6 = 80; // A /48, the same for IPv6.

    /// <summary>What kind of move it is from one address to another; they must differ.</summary>
    public static RoamKind Between(in UdpAddress from, in UdpAddress to)
    {
        if (from.Ip == to.Ip) { return RoamKind.Port; }
        if (from.IsIPv4 != to.IsIPv4) { return RoamKind.Family; }
        int hostBits = from.IsIPv4 ? HostBits4 : HostBits6;
        return from.Ip >> hostBits == to.Ip >> hostBits ? RoamKind.SamePrefix : RoamKind.NewPrefix;
    }
}
