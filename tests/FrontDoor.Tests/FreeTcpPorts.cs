using System.Net;
using System.Net.Sockets;

namespace MoshBroker.FrontDoor.Tests;

/// <summary>TCP ports on loopback.</summary>
internal static class FreeTcpPorts
{
    public static int One()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
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
}
