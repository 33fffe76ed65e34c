using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>TCP ports on loopback, below those that the kernel gives to outgoing connections (32768 and up): nobody takes one by chance.</summary>
internal static class FreeTcpPorts
{
    private static readonly ConcurrentDictionary<int, bool> Given = new();

    /// <summary>One that nobody listens at, and that this process has not been given before.</summary>
    public static int One()
    {
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            int port = Random.Shared.Next(10_000, 20_000);
            if (IsFree(port) && Given.TryAdd(port, true)) { return port; }
        }

        throw new InvalidOperationException("no free TCP port");
    }

    public static bool Answers(int port)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool IsFree(int port)
    {
        using Socket socket = new(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp) { DualMode = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
