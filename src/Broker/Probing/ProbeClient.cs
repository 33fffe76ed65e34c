using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using MoshBroker.Native;
using MoshBroker.Protocol;
using MoshBroker.Protocol.Crypto;
using MoshBroker.Protocol.Datagrams;
using MoshBroker.Protocol.States;
using MoshBroker.Protocol.StateSync;

namespace MoshBroker.Probing;

/// <summary>As much of a client as a probe needs: it types, looks at its screen, and moves to another port.</summary>
internal sealed class ProbeClient : IDisposable
{
    private const int Columns = 80;
    private const int Rows = 24;

    private readonly MonoClock _clock;
    private readonly IPEndPoint _server;
    private readonly TransportScratch _scratch = new();
    private readonly UserInputState _input = new();
    private readonly Transport<UserInputState, RemoteScreenState> _transport;
    private readonly ArrayBufferWriter<byte> _datagram = new(DatagramLimits.MaxReceived);
    private readonly byte[] _received = new byte[DatagramLimits.MaxReceived];
    private Socket _socket;

    public ProbeClient(TimeProvider time, IPEndPoint server, SessionKey key)
    {
        _clock = new MonoClock(time);
        _server = server;
        TransportSetup setup = new() { Sends = Direction.ClientToServer, Key = key, Random = new BufferedRandom(), Scratch = _scratch };
        _transport = new Transport<UserInputState, RemoteScreenState>(_clock.Now(), setup, _input, new RemoteScreenState(Columns, Rows));
        _input.Resize(Columns, Rows);
        _socket = Connect();
    }

    /// <summary>True once the server has answered.</summary>
    public bool IsAnswered => _transport.RemoteNumber > 0;

    /// <summary>True when the host said that nobody listens there.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>True when the session is over.</summary>
    public bool IsOver => _transport.Phase != TransportPhase.Open;

    /// <summary>True when both ends know that it is over.</summary>
    public bool IsGone => _transport.Phase is TransportPhase.Lingering or TransportPhase.Closed;

    public void Type(string text) => _input.Append(Encoding.ASCII.GetBytes(text));

    public bool Shows(string text)
    {
        for (int row = 0; row < Rows; row++)
        {
            if (_transport.Remote.Frame.RowText(row).Contains(text, StringComparison.Ordinal)) { return true; }
        }

        return false;
    }

    /// <summary>From now on from another port.</summary>
    public void Move()
    {
        _socket.Dispose();
        _socket = Connect();
    }

    /// <summary>Says good-bye, so that the session ends.</summary>
    public void Leave() => _transport.StartShutdown(_clock.Now());

    /// <summary>Sends and receives until the condition holds; false when the time is over before.</summary>
    public async Task<bool> UntilAsync(Func<bool> condition, TimeSpan within, CancellationToken cancellation)
    {
        MonoTime end = _clock.Now().Plus((long)within.TotalMilliseconds);
        while (!condition())
        {
            MonoTime now = _clock.Now();
            if (now >= end) { return false; }
            _transport.OnTimeout(now);
            Send(now);
            MonoTime next = MonoTime.Min(end, _transport.NextTimeout ?? end);
            await ReceiveAsync(TimeSpan.FromMilliseconds(Math.Max(1, next.Since(now))), cancellation);
        }

        return true;
    }

    public void Dispose()
    {
        _socket.Dispose();
        _transport.Dispose();
        _scratch.Dispose();
    }

    private Socket Connect()
    {
        // Connected, so that a host's refusal is told to us.
        Socket socket = new(_server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(_server);
        return socket;
    }

    private void Send(MonoTime now)
    {
        while (_transport.TryTransmit(now, _datagram))
        {
            try
            {
                _socket.Send(_datagram.WrittenSpan);
            }
            catch (SocketException e)
            {
                IsRefused |= e.SocketErrorCode == SocketError.ConnectionRefused;
            }

            _datagram.ResetWrittenCount();
        }
    }

    private async Task ReceiveAsync(TimeSpan within, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(within);
        try
        {
            int length = await _socket.ReceiveAsync(_received, limit.Token);
            _transport.OnDatagram(_clock.Now(), _received.AsSpan(0, length), congestionExperienced: false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Nothing came; the transport has something to do.
        }
        catch (SocketException e)
        {
            IsRefused |= e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }
}
