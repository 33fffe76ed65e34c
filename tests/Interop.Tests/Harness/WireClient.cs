using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A peer that sends exactly what a test wants: whole instructions, authentic nonsense, or garbage.</summary>
internal sealed class WireClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 1 << 20 };
    private readonly IPEndPoint _server;
    private readonly string _key;
    private ulong _sequence;

    /// <summary>A peer of the session at that local address (loopback by default), with the session's key.</summary>
    public WireClient(OpenedSession session, IPAddress? address = null)
    {
        _server = session.On(address ?? IPAddress.Loopback);
        _key = session.Key;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
    }

    /// <summary>The number of the next datagram; a client that slept comes back with a higher one.</summary>
    public ulong Sequence { get => _sequence; set => _sequence = value; }

    /// <summary>What the server sent so far, as far as it was received.</summary>
    public List<RelayedDatagram> Received { get; } = [];

    public void SendInstruction(ulong oldNum, ulong newNum, byte[] diff, ulong ack = 0, ulong throwaway = 0) =>
        Send(MoshWire.ClientDatagram(_key, _sequence++, new WireInstruction(2, oldNum, newNum, ack, throwaway, diff)));

    /// <summary>Seals any plaintext as the client's next packet.</summary>
    public void SendSealed(ReadOnlySpan<byte> plaintext) => Send(MoshWire.Seal(_key, _sequence++, plaintext));

    public void Send(byte[] datagram) => _socket.SendTo(datagram, _server);

    /// <summary>Waits for one datagram; null if none came in time.</summary>
    public async Task<IPEndPoint?> ReceiveAsync(TimeSpan within)
    {
        byte[] buffer = new byte[4096];
        using var limit = new CancellationTokenSource(within);
        try
        {
            SocketReceiveFromResult got = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), limit.Token);
            Received.Add(new RelayedDatagram(TimeSpan.Zero, ToServer: false, 0, buffer.AsSpan(0, got.ReceivedBytes).ToArray(), Lost: false));
            return (IPEndPoint)got.RemoteEndPoint;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (SocketException)
        {
            return null; // The port is closed: the kernel's answer, not the server's.
        }
    }

    /// <summary>Receives until the newest instruction meets the condition; null if none did in time.</summary>
    public async Task<WireInstruction?> ReceiveUntilAsync(Func<WireInstruction, bool> condition, TimeSpan within)
    {
        DateTime end = DateTime.UtcNow + within;
        while (DateTime.UtcNow < end)
        {
            await ReceiveAsync(end - DateTime.UtcNow);
            WireInstruction? last = MoshWire.ServerInstructions(_key, Received).LastOrDefault();
            if (last is not null && condition(last)) { return last; }
        }

        return null;
    }

    public void Dispose() => _socket.Dispose();
}
