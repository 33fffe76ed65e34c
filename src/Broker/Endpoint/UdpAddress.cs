using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace MoshBroker.Endpoint;

/// <summary>An IP address and a port as they stand in a sockaddr_in6; IPv4 in its mapped form. A value: nothing is allocated per datagram.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct UdpAddress(UInt128 Ip, ushort Port, uint Scope)
{
    private const ulong MappedPrefix = 0xFFFF_0000_0000; // ::ffff:0:0/96
    private const ulong Ipv4Network = 1UL << 63; // No /48 has so many bits.

    public bool IsIPv4 => (ulong)(Ip >> 64) == 0 && ((ulong)Ip & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>The /24 or /48 that the address is in, as a number: whom the addresses of one site or carrier have in common.</summary>
    public ulong Network => IsIPv4 ? Ipv4Network | (((ulong)Ip & 0xFFFF_FF00) >> 8) : (ulong)(Ip >> 80);

    public static UdpAddress From(IPAddress address, int port)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        uint scope = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? (uint)address.ScopeId : 0;
        return new UdpAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes), (ushort)port, scope);
    }

    public IPEndPoint ToEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Ip);
        IPAddress address = new(bytes, Scope);
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, Port);
    }

    public override string ToString() => ToEndPoint().ToString();
}
