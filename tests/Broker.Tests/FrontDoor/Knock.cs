using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MoshBroker.Broker.Tests.FrontDoor;

/// <summary>Somebody at the front door, from an address of loopback's.</summary>
internal sealed class Knock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private Knock()
    {
    }

    public static async Task<Knock> AtAsync(int port, string from = "127.0.0.1")
    {
        Knock knock = new();
        knock._socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        await knock._socket.ConnectAsync(IPAddress.Loopback, port);
        return knock;
    }

    public Task SayAsync(string text) => _socket.SendAsync(Encoding.ASCII.GetBytes(text));

    /// <summary>The next thing that is said to us; empty when we were turned away.</summary>
    public async Task<string> HearAsync()
    {
        byte[] heard = new byte[256];
        try
        {
            return Encoding.ASCII.GetString(heard, 0, await _socket.ReceiveAsync(heard).WaitAsync(Patience));
        }
        catch (SocketException)
        {
            return ""; // Closed with something of ours unread: a reset.
        }
    }

    /// <summary>Nothing has been said to us, and we have not been turned away.</summary>
    public bool IsKeptWaiting => !_socket.Poll(0, SelectMode.SelectRead);

    public void Dispose() => _socket.Dispose();
}
