using System.Buffers.Binary;
using System.Security.Cryptography;

namespace MoshBroker.Protocol.Crypto;

/// <summary>What both ends of a channel can call it by, besides its port: a digest of its key, from which nobody learns anything about the key.</summary>
public static class ChannelName
{
    /// <summary>Length of the printed form: hexadecimal digits.</summary>
    public const int PrintedLength = 32;

    /// <summary>The first 16 bytes of HMAC-SHA-256 under the key, of a constant.</summary>
    public static UInt128 Of(SessionKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key.Bytes, "moshbroker: name of a channel"u8, digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>As it is written in a command.</summary>
    public static string Print(UInt128 name) => name.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>False when it is no name.</summary>
    public static bool TryParse(ReadOnlySpan<char> printed, out UInt128 name)
    {
        name = 0;
        return printed.Length == PrintedLength
            && UInt128.TryParse(printed, System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out name);
    }
}
