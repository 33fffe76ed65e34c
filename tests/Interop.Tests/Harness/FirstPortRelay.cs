using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>A middlebox at 127.0.0.9, on the port that a broker has at 127.0.0.1: it lets through what comes from the first source port it sees, or nothing.</summary>
internal sealed class FirstPortRelay : IAsyncDisposable
{
    public const string Address = "127.0.0.9";

    private readonly Socket _outside = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Socket _inside = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly bool _isOpen;
    private readonly Task _running;
    private EndPoint? _client;

    public FirstPortRelay(int port, bool isOpen)
    {
        _isOpen = isOpen;
        _outside.Bind(new IPEndPoint(IPAddress.Parse(Address), port));
        _inside.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        IPEndPoint server = new(IPAddress.Loopback, port);
        _running = Task.WhenAll(
            PumpAsync(_outside, (from, bytes) => { if (_isOpen && (_client ??= from).Equals(from)) { _inside.SendTo(bytes, server); } }),
            PumpAsync(_inside, (_, bytes) => _outside.SendTo(bytes, _client!)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _outside.Dispose();
        _inside.Dispose();
        _stopping.Dispose();
    }

    private async Task PumpAsync(Socket socket, Action<EndPoint, byte[]> pass)
    {
        byte[] buffer = new byte[4096];
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                SocketReceiveFromResult received = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
                pass(received.RemoteEndPoint, buffer[..received.ReceivedBytes]);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Over, or the other end's port is closed just now.
            }
        }
    }
}
