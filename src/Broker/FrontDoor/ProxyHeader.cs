using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace MoshBroker.FrontDoor;

/// <summary>The PROXY protocol's line or block (versions 1 and 2) with which a load balancer says for whom it connects.</summary>
/// <remarks>
/// Believed only from configured balancers, and demanded from these. Version 2 is
/// <code>signature: 12 bytes | version 2, command: 4 bits each | family, transport: 4 bits each | length: u16 | addresses and more</code>
/// </remarks>
internal static class ProxyHeader
{
    /// <summary>Addresses take 36 bytes; what balancers add (TLS facts, checksums) is read over.</summary>
    public const int MaxLength = 1024;

    private const int MaxLineLength = 107; // Version 1, with CR and LF.

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    private static ReadOnlySpan<byte> Word => "PROXY "u8;

    /// <summary>Reads the header at the start of what has come so far.</summary>
    /// <param name="length">How long the header is, when it is whole.</param>
    /// <param name="client">Null when the balancer speaks for itself (health checks).</param>
    public static ProxyOutcome Read(ReadOnlySpan<byte> received, out int length, out IPEndPoint? client)
    {
        length = 0;
        client = null;
        if (Begins(received, Signature)) { return received.Length < 16 ? ProxyOutcome.Incomplete : ReadBlock(received, out length, out client); }
        return Begins(received, Word) ? ReadLine(received, out length, out client) : ProxyOutcome.Malformed;
    }

    private static bool Begins(ReadOnlySpan<byte> received, ReadOnlySpan<byte> with)
    {
        int count = Math.Min(received.Length, with.Length);
        return received[..count].SequenceEqual(with[..count]);
    }

    private static ProxyOutcome ReadBlock(ReadOnlySpan<byte> received, out int length, out IPEndPoint? client)
    {
        client = null;
        length = 16 + BinaryPrimitives.ReadUInt16BigEndian(received[14..]);
        byte command = received[12];
        if (command is not (0x20 or 0x21) || length > MaxLength) { return ProxyOutcome.Malformed; }
        if (received.Length < length) { return ProxyOutcome.Incomplete; }
        if (command == 0x20) { return ProxyOutcome.Whole; } // LOCAL
        ReadOnlySpan<byte> addresses = received[16..length];
        int width = received[13] switch { 0x11 => 4, 0x21 => 16, _ => 0 }; // TCP over IPv4, over IPv6
        if (width == 0 || addresses.Length < (width * 2) + 4) { return ProxyOutcome.Malformed; }
        client = new IPEndPoint(Plain(new IPAddress(addresses[..width])), BinaryPrimitives.ReadUInt16BigEndian(addresses[(width * 2)..]));
        return ProxyOutcome.Whole;
    }

    private static ProxyOutcome ReadLine(ReadOnlySpan<byte> received, out int length, out IPEndPoint? client)
    {
        client = null;
        length = received.IndexOf("\r\n"u8) + 2;
        if (length < 2) { return received.Length < MaxLineLength ? ProxyOutcome.Incomplete : ProxyOutcome.Malformed; }
        if (length > MaxLineLength) { return ProxyOutcome.Malformed; }
        string[] words = Encoding.ASCII.GetString(received[..(length - 2)]).Split(' ');
        if (words.Length >= 2 && words[1] == "UNKNOWN") { return ProxyOutcome.Whole; }
        if (words.Length != 6 || words[1] is not ("TCP4" or "TCP6")
            || !IPAddress.TryParse(words[2], out IPAddress? address) || !IPAddress.TryParse(words[3], out _)
            || (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork) != (words[1] == "TCP4")
            || !ushort.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port)
            || !ushort.TryParse(words[5], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return ProxyOutcome.Malformed;
        }

        client = new IPEndPoint(Plain(address), port);
        return ProxyOutcome.Whole;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
