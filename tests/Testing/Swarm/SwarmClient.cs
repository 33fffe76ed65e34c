using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Testing.Swarm;

/// <summary>One client of many, over a real socket: a whole transport and a screen. Stepped by its <see cref="ClientSwarm"/>'s thread.</summary>
public sealed class SwarmClient : IDisposable
{
    private readonly IPEndPoint _server;
    private readonly Transport<UserInputState, RemoteScreenState> _transport;
    private readonly UserInputState _input = new();
    private readonly ArrayBufferWriter<byte> _datagram = new(2048);
    private string _awaited = "";
    private long _awaitedSince;
    private bool _onAnyRow;
    private bool _isFirstFromHere;

    internal SwarmClient(int number, MonoTime now, IPEndPoint server, string key, IPAddress from, TransportScratch scratch)
    {
        Number = number;
        _server = server;
        if (!SessionKey.TryParse(key, out SessionKey? parsed)) { throw new ArgumentException("That is no key.", nameof(key)); }
        using SessionKey session = parsed;
        TransportSetup setup = new() { Sends = Direction.ClientToServer, Key = session, Random = new SeededRandom(number), Scratch = scratch };
        _transport = new Transport<UserInputState, RemoteScreenState>(now, setup, _input, new RemoteScreenState(80, 24));
        _input.Resize(80, 24);
        Socket = Bound(from);
    }

    /// <summary>What it is called by whoever let it join.</summary>
    public int Number { get; }

    /// <summary>How long each awaited text took to stand on the screen, in ms.</summary>
    public IList<double> Waits { get; } = new List<double>();

    /// <summary>True while a text is awaited that the screen does not show.</summary>
    public bool IsWaiting => _awaited.Length > 0;

    internal Socket Socket { get; private set; }

    internal MonoTime? NextTimeout => _transport.NextTimeout;

    /// <summary>Every row of the screen, without trailing blanks.</summary>
    public string Screen
    {
        get
        {
            StringBuilder text = new();
            for (int row = 0; row < _transport.Remote.Frame.Rows; row++) { text.AppendLine(Row(row)); }
            return text.ToString();
        }
    }

    /// <summary>Types, and measures how long it takes until the row of the cursor, or any row, ends with a text.</summary>
    public void Type(string keys, string awaited, bool onAnyRow = false)
    {
        _onAnyRow = onAnyRow;
        _input.Append(Encoding.UTF8.GetBytes(keys));
        _awaited = awaited;
        _awaitedSince = Stopwatch.GetTimestamp();
    }

    /// <summary>Goes on from another address; what is awaited is measured from the first datagram that leaves from there.</summary>
    public void MoveTo(IPAddress address)
    {
        Socket.Dispose();
        Socket = Bound(address);
        _isFirstFromHere = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _transport.Dispose();
        Socket.Dispose();
    }

    internal void Receive(MonoTime now, byte[] buffer)
    {
        while (Socket.Available > 0)
        {
            try
            {
                int length = Socket.Receive(buffer);
                _transport.OnDatagram(now, buffer.AsSpan(0, length), congestionExperienced: false);
            }
            catch (SocketException)
            {
                return; // Nothing there, or the other end's port is closed.
            }
        }

        if (IsWaiting && (_onAnyRow ? Screen.Contains(_awaited + Environment.NewLine, StringComparison.Ordinal) : Row(_transport.Remote.Frame.CursorRow).EndsWith(_awaited, StringComparison.Ordinal)))
        {
            _awaited = "";
            Waits.Add(Stopwatch.GetElapsedTime(_awaitedSince).TotalMilliseconds);
        }
    }

    internal void Flush(MonoTime now)
    {
        _transport.OnTimeout(now);
        while (_transport.TryTransmit(now, _datagram))
        {
            try
            {
                if (_isFirstFromHere) { _awaitedSince = Stopwatch.GetTimestamp(); }
                _isFirstFromHere = false;
                Socket.SendTo(_datagram.WrittenSpan, SocketFlags.None, _server);
            }
            catch (SocketException)
            {
                // Lost, as on any network.
            }

            _datagram.ResetWrittenCount();
        }
    }

    private string Row(int row) => _transport.Remote.Frame.RowText(row).TrimEnd();

    private static Socket Bound(IPAddress address)
    {
        Socket socket = new(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
