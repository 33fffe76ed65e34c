using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Tenants;

/// <summary>Addresses from <paramref name="Low"/> to <paramref name="High"/>, both included; IPv4 in its mapped form.</summary>
internal readonly record struct AddressRange(UInt128 Low, UInt128 High)
{
    private static readonly UInt128 Mapped = new(0, 0xFFFF_0000_0000); // ::ffff:0:0/96

    /// <summary>Null and the range, or what is wrong with the text.</summary>
    public static string? Parse(string text, out AddressRange range)
    {
        range = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string written = slash < 0 ? text : text[..slash];
        if (written.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(written, out IPAddress? address)) { return ""; }
        bool isV4 = address.AddressFamily == AddressFamily.InterNetwork;

        // IPAddress takes "1" for 0.0.0.1 and "010" for 8.
        if (isV4 && address.ToString() != written) { return ""; }
        if (address.IsIPv4MappedToIPv6) { return "is an IPv4 address in IPv6 dress: write it as IPv4"; }
        int width = isV4 ? 32 : 128;
        int length = width;
        if (slash >= 0 && (!int.TryParse(text[(slash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > width)) { return ""; }
        UInt128 value = Value(address);
        UInt128 hostBits = length == 0 && !isV4 ? UInt128.MaxValue : (UInt128.One << (width - length)) - 1;
        if ((value & hostBits) != 0 && length > 0)
        {
            return $"has bits beyond the prefix: write {ToAddress(value & ~hostBits)}/{length}, or {written} for the one address";
        }

        if (length == 0 && (isV4 ? value != Mapped : value != 0)) { return $"has bits beyond the prefix: write {(isV4 ? "0.0.0.0/0" : "::/0")}"; }
        range = new AddressRange(value & ~hostBits, (value & ~hostBits) | hostBits);
        return null;
    }

    /// <summary>The address as a number; IPv4 mapped.</summary>
    public static UInt128 Value(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            address.TryWriteBytes(bytes, out _);
            return BinaryPrimitives.ReadUInt128BigEndian(bytes);
        }

        address.TryWriteBytes(bytes, out _);
        return Mapped | BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }

    public static IPAddress ToAddress(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        IPAddress address = new(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>True when all of it is IPv4.</summary>
    public bool IsIPv4 => Low >= Mapped && High <= Mapped + uint.MaxValue;

    /// <summary>The fewest prefixes that are this range, as text: <c>10.0.0.0/8</c>.</summary>
    public IEnumerable<string> ToPrefixes()
    {
        UInt128 next = Low;
        int width = IsIPv4 ? 32 : 128;
        while (true)
        {
            int bits = next == 0 ? width : Math.Min(width, (int)UInt128.TrailingZeroCount(next));
            while (bits > 0 && Last(next, bits) > High) { bits--; }
            yield return $"{ToAddress(next)}/{width - bits}";
            UInt128 last = Last(next, bits);
            if (last >= High) { yield break; }
            next = last + 1;
        }

        static UInt128 Last(UInt128 first, int bits) => bits == 128 ? UInt128.MaxValue : first | ((UInt128.One << bits) - 1);
    }
}
