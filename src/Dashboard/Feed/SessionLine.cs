using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Dashboard.Feed;

/// <summary>How a session is told in a word or two.</summary>
internal static class SessionLine
{
    private const string None = "–";

    private static readonly string[] Names = [.. Enum.GetNames<SessionState>().Select(name => name.ToLowerInvariant())];

    public static string Name(SessionState state) => Names[(int)state];

    /// <summary>The /24 or /48 around an "address:port": a client's network, not its address, is enough to tell a train from an office.</summary>
    internal static string NetworkOf(string? peer)
    {
        if (peer is null || !IPEndPoint.TryParse(peer, out IPEndPoint? endPoint)) { return None; }
        IPAddress address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        (int kept, int prefix) = address.AddressFamily == AddressFamily.InterNetwork ? (3, 24) : (6, 48);
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{prefix}";
    }
}
