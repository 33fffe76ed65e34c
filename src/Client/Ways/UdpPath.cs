using MoshBroker.Client.Native;
using MoshBroker.Protocol;

namespace MoshBroker.Client.Ways;

/// <summary>The way to the server: a UDP socket, and a new one whenever nothing has come back for long, since a middlebox may have forgotten the old.</summary>
internal sealed class UdpPath : IDisposable
{
    private const long HopAfter = 10_000;
    private const long KeepOldFor = 60_000;
    private const int MostSockets = 10;

    private readonly byte[] _server;
    private readonly int _family;
    private readonly List<int> _sockets = [];
    private MonoTime _openedAt;

    /// <param name="now">The present.</param>
    /// <param name="server">A sockaddr.</param>
    /// <param name="family">Its family.</param>
    public UdpPath(MonoTime now, byte[] server, int family)
    {
        _server = server;
        _family = family;
        Open(now);
    }

    /// <summary>A sockaddr.</summary>
    public byte[] Server => _server;

    /// <summary>Oldest first; what is sent goes by the last one.</summary>
    public IReadOnlyList<int> Sockets => _sockets;

    /// <summary>How often a new source port was taken.</summary>
    public int Hops { get; private set; }

    public bool IsIPv6 => _family == SocketNative.Inet6;

    /// <summary>0, or an errno.</summary>
    public int Send(ReadOnlySpan<byte> datagram)
    {
        if (_sockets.Count == 0) { return 24; } // EMFILE: no socket was to be had.
        return SocketNative.Send(_sockets[^1], datagram, _server);
    }

    /// <summary>After each send: hops when nothing proves that the present way works.</summary>
    public void AfterSend(MonoTime now, MonoTime lastRoundTrip)
    {
        if (now.Since(_openedAt) > HopAfter && now.Since(lastRoundTrip) > HopAfter)
        {
            Hops++;
            Open(now);
        }
        else if (_sockets.Count > 1 && now.Since(_openedAt) > KeepOldFor)
        {
            Prune(1);
        }
    }

    public void Dispose() => Prune(0);

    private void Open(MonoTime now)
    {
        _openedAt = now;
        int socket = SocketNative.OpenUdp(_family);
        if (socket < 0) { return; }
        _sockets.Add(socket);
        Prune(MostSockets);
    }

    private void Prune(int most)
    {
        while (_sockets.Count > most)
        {
            _ = FileNative.Close(_sockets[0]);
            _sockets.RemoveAt(0);
        }
    }
}
