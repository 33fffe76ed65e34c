using MoshBroker.Open.Native;

namespace MoshBroker.Open;

/// <summary>An IPv4 or IPv6 address written in numbers, with a zone if need be (<c>fe80::1%eth0</c>).</summary>
internal static unsafe class NumericAddress
{
    private const int MaxLength = 64;

    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > MaxLength) { return false; }
        int zone = text.IndexOf((byte)'%');
        byte[] plain = ByteText.ZeroTerminated(zone < 0 ? text : text[..zone]);
        long* parsed = stackalloc long[2];
        fixed (byte* at = plain)
        {
            return SocketNative.ParseAddress(SocketNative.FamilyInet6, at, parsed) == 1
                || (zone < 0 && SocketNative.ParseAddress(SocketNative.FamilyInet, at, parsed) == 1);
        }
    }
}
