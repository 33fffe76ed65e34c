using MoshBroker.Endpoint;
using MoshBroker.Native;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Telemetry;

namespace MoshBroker.Sessions;

/// <summary>What a channel is made of: a fresh key, its committed epoch, and where it receives. Whoever starts the channel takes all over.</summary>
/// <param name="Id">Of the session's channels, which.</param>
/// <param name="Epoch">The epoch to begin with.</param>
/// <param name="Key">The channel's key.</param>
/// <param name="Socket">The channel's own socket; null behind a shared port.</param>
/// <param name="Port">The UDP port, its own or shared.</param>
internal sealed record ChannelSeed(int Id, long Epoch, SessionKey Key, FileDescriptor? Socket, int Port) : IDisposable
{
    /// <summary>The channel's place behind a shared port; null when it has a socket.</summary>
    public SharedRoute? Route { get; init; }

    /// <summary>Opens that place, for a client whose next number is this or higher; null when it has a socket, or is open already.</summary>
    public Func<ulong, SharedRoute>? OpenRoute { private get; init; }

    /// <summary>Set when the client only watches: its keys go nowhere.</summary>
    public Watcher? Watcher { get; init; }

    /// <summary>How the client came to the session.</summary>
    public AttachKind Kind { get; init; } = AttachKind.Rekey;

    /// <summary>The same, receiving: what the process before knew of the client's numbers finds it behind a shared port.</summary>
    public ChannelSeed Expecting(ulong nextExpected) => OpenRoute is null ? this : this with { Route = OpenRoute(nextExpected), OpenRoute = null };

    public void Dispose()
    {
        Key.Dispose();
        Socket?.Dispose();
        Route?.Dispose();
    }
}
