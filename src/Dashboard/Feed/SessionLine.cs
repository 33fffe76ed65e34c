using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Dashboard.Feed;

/// <summary>One session as a line of the overview.</summary>
/// <param name="Network">The client's network, not its address: enough to tell a train from an office.</param>
internal sealed record SessionLine(string Id, string User, string State, string Command, string Network, string Rtt, string Heard, string? EndReason)
{
    private const string None = "–";

    public static SessionLine Of(SessionView session)
    {
        ChannelView? channel = session.Channels.MinBy(channel => channel.LastHeardSecondsAgo ?? double.MaxValue);
        return new SessionLine(
            session.Id, session.User, Name(session.State), session.Command, NetworkOf(channel?.Peer),
            channel?.SrttMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms") : None,
            channel?.LastHeardSecondsAgo is { } seconds ? Ago(seconds) : None, session.EndReason?.Replace('_', ' '));
    }

    public static string Name(SessionState state) => state.ToString().ToLowerInvariant();

    /// <summary>The /24 or /48 around an "address:port".</summary>
    internal static string NetworkOf(string? peer)
    {
        if (peer is null || !IPEndPoint.TryParse(peer, out IPEndPoint? endPoint)) { return None; }
        IPAddress address = endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;
        (int kept, int prefix) = address.AddressFamily == AddressFamily.InterNetwork ? (3, 24) : (6, 48);
        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(kept).Clear();
        return $"{new IPAddress(bytes)}/{prefix}";
    }

    // A client that is there speaks every 3 s. Below 5 s the age is noise that would only make the page flicker.
    private static string Ago(double seconds) => seconds switch
    {
        < 5 => "now",
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s ago"),
        < 3600 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 60)} min ago"),
        < 86_400 => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 3600)} h ago"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)(seconds / 86_400)} d ago"),
    };
}
