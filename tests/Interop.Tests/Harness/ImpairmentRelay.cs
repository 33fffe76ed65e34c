using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A bad network between one client and one server: loss, delay, duplication, reordering, silence, a new source address.</summary>
/// <remarks>
/// It keeps every datagram that either end sent, and notices when a nonce is used twice under the session's key: a repeat breaks
/// OCB, whatever else happened.
/// </remarks>
internal sealed class ImpairmentRelay : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private Impairment _impairment;
    private readonly IPEndPoint _server;
    private readonly Socket _down;
    private readonly List<Socket> _ups = [];
    private readonly Random _random;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly PriorityQueue<(bool ToServer, byte[] Bytes), TimeSpan> _underway = new();
    private readonly List<RelayedDatagram> _captured = [];
    private readonly HashSet<ulong> _nonces = [];
    private readonly List<ulong> _repeated = [];
    private readonly Thread _thread;
    private readonly HashSet<EndPoint> _clients = [];
    private EndPoint? _client;
    private Socket? _copier;
    private long _copiedBytes;
    private long _drawnBytes;
    private bool _cutToServer;
    private bool _cutToClient;
    private volatile bool _stopping;

    public ImpairmentRelay(IPEndPoint server, Impairment? impairment = null)
    {
        _server = server;
        _impairment = impairment ?? Impairment.None;
        _random = new Random(_impairment.Seed);
        _down = Bound(server.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback);
        Rebind();
        _thread = new Thread(Run) { IsBackground = true, Name = "relay" };
        _thread.Start();
    }

    /// <summary>Where the client sends.</summary>
    public int Port => ((IPEndPoint)_down.LocalEndPoint!).Port;

    /// <summary>Everything that either end sent so far.</summary>
    public IReadOnlyList<RelayedDatagram> Captured
    {
        get { lock (_lock) { return [.. _captured]; } }
    }

    /// <summary>Nonces that were sent more than once. Must stay empty.</summary>
    public IReadOnlyList<ulong> RepeatedNonces
    {
        get { lock (_lock) { return [.. _repeated]; } }
    }

    /// <summary>From how many addresses the client has sent so far.</summary>
    public int ClientPorts
    {
        get { lock (_lock) { return _clients.Count; } }
    }

    /// <summary>Sees each datagram just before it goes to the server: whoever listens on the path, and is faster.</summary>
    public Action<byte[]>? Tap { get; set; }

    public int LostCount => Captured.Count(d => d.Lost);

    /// <summary>From now on every datagram is lost, also those under way.</summary>
    public void Pause() => Cut(toServer: true, toClient: true);

    /// <summary>The same for one direction, or both.</summary>
    public void Cut(bool toServer, bool toClient)
    {
        lock (_lock)
        {
            (_cutToServer, _cutToClient) = (toServer, toClient);
            _underway.Clear();
        }
    }

    public void Resume()
    {
        lock (_lock) { (_cutToServer, _cutToClient) = (false, false); }
    }

    /// <summary>From now on the network is like this.</summary>
    public void Become(Impairment impairment)
    {
        lock (_lock) { _impairment = impairment; }
    }

    /// <summary>The client moves: what it sends comes from a new port, and from another address if one is given.</summary>
    public void Rebind(IPAddress? from = null)
    {
        Socket up = Bound(from ?? (_server.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback : IPAddress.Loopback));
        lock (_lock) { _ups.Add(up); }
    }

    /// <summary>UDP payload that somebody who copies sent to the server, and that the server sent to him.</summary>
    public (long Sent, long Received) Copied => (Interlocked.Read(ref _copiedBytes), Interlocked.Read(ref _drawnBytes));

    /// <summary>From now on, or no longer when it is null, a copy of each of the client's datagrams reaches the server from there, ahead of the datagram.</summary>
    public void CopyFrom(IPAddress? address)
    {
        Socket? copier = address is null ? null : Bound(address);
        lock (_lock)
        {
            _copier?.Dispose();
            _copier = copier;
        }
    }

    /// <summary>The client is where it was before its last move again, port and all.</summary>
    public void Return()
    {
        lock (_lock)
        {
            _ups.Add(_ups[^2]);
            _ups.RemoveAt(_ups.Count - 3);
        }
    }

    /// <summary>Sends bytes to the server as if the client had.</summary>
    public void Inject(byte[] datagram)
    {
        lock (_lock) { _ups[^1].SendTo(datagram, _server); }
    }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _down.Dispose();
        foreach (Socket up in _ups) { up.Dispose(); }
        _copier?.Dispose();
    }

    private static Socket Bound(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false, ReceiveBufferSize = 1 << 20 };
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private void Run()
    {
        byte[] buffer = new byte[4096];
        while (!_stopping)
        {
            List<Socket> readable;
            TimeSpan wait = LongestWait;
            lock (_lock)
            {
                readable = [_down, .. _ups];
                if (_underway.TryPeek(out _, out TimeSpan due) && due - _clock.Elapsed < wait) { wait = due - _clock.Elapsed; }
            }

            Socket.Select(readable, null, null, wait < TimeSpan.Zero ? TimeSpan.Zero : wait);
            foreach (Socket socket in readable) { Receive(socket, buffer); }
            CountDrawn(buffer);
            Deliver();
        }
    }

    private void Receive(Socket socket, byte[] buffer)
    {
        bool toServer = socket == _down;
        EndPoint from = new IPEndPoint(_server.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
        while (true)
        {
            int length;
            try
            {
                length = socket.ReceiveFrom(buffer, ref from);
            }
            catch (SocketException)
            {
                return; // Nothing left, or the other end's port is closed.
            }

            lock (_lock)
            {
                if (toServer)
                {
                    _client = from;
                    _clients.Add(from);
                }


                Accept(toServer, _ups.Count - 1, stale: !toServer && socket != _ups[^1], buffer.AsSpan(0, length).ToArray());
            }
        }
    }

    private void Accept(bool toServer, int path, bool stale, byte[] bytes)
    {
        double loss = toServer ? _impairment.LossToServer : _impairment.LossToClient;
        bool lost = (toServer ? _cutToServer : _cutToClient) || stale || (loss > 0 && _random.NextDouble() < loss);
        var datagram = new RelayedDatagram(_clock.Elapsed, toServer, path, bytes, lost);
        _captured.Add(datagram);
        if (!_nonces.Add(datagram.Nonce)) { _repeated.Add(datagram.Nonce); }
        if (lost) { return; }
        if (toServer && _copier is { } copier)
        {
            // The datagram itself leaves with the next delivery, and so comes later.
            copier.SendTo(bytes, _server);
            _copiedBytes += bytes.Length;
        }

        int copies = _random.NextDouble() < _impairment.Duplication ? 2 : 1;
        for (int i = 0; i < copies; i++)
        {
            _underway.Enqueue((toServer, bytes), _clock.Elapsed + _impairment.Delay + (_impairment.Jitter * _random.NextDouble()));
        }
    }

    private void CountDrawn(byte[] buffer)
    {
        lock (_lock)
        {
            while (_copier is { Available: > 0 } copier) { _drawnBytes += copier.Receive(buffer); }
        }
    }

    private void Deliver()
    {
        lock (_lock)
        {
            while (_underway.TryPeek(out _, out TimeSpan due) && due <= _clock.Elapsed)
            {
                (bool toServer, byte[] bytes) = _underway.Dequeue();
                try
                {
                    if (toServer)
                    {
                        Tap?.Invoke(bytes);
                        _ups[^1].SendTo(bytes, _server);
                    }
                    else if (_client is not null) { _down.SendTo(bytes, _client); }
                }
                catch (SocketException)
                {
                    // The receiver's port is closed: lost, as on any network.
                }
            }
        }
    }
}
