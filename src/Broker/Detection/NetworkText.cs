using MoshBroker.Tenants;

namespace MoshBroker.Detection;

/// <summary>A /24 or /48 from the number that <see cref="Endpoint.UdpAddress.Network"/> makes of it.</summary>
internal static class NetworkText
{
    private const ulong Ipv4 = 1UL << 63;
    private const int HostBits4 = 8;
    private const int HostBits6 = 80;

    public static bool IsIPv4(ulong network) => (network & Ipv4) != 0;

    public static string Of(ulong network)
    {
        AddressRange range = RangeOf(network);
        return $"{AddressRange.ToAddress(range.Low)}/{(IsIPv4(network) ? 24 : 48)}";
    }

    public static AddressRange RangeOf(ulong network)
    {
        bool isIPv4 = IsIPv4(network);
        int bits = isIPv4 ? HostBits4 : HostBits6;
        UInt128 low = isIPv4 ? new UInt128(0, 0xFFFF_0000_0000 | ((network & ~Ipv4) << bits)) : (UInt128)network << bits;
        return new AddressRange(low, low | ((UInt128.One << bits) - 1));
    }
}
