using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Detection.Tests;

/// <summary>Sends what somebody else made up, at a rate, from an address.</summary>
internal static class Datagrams
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    public static async Task SendAsync(IPEndPoint to, IPAddress from, double perSecond, Func<long, byte[]> make, CancellationToken stop)
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(from, 0));
        long began = Stopwatch.GetTimestamp();
        for (long sent = 0; !stop.IsCancellationRequested;)
        {
            long due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond);
            for (; sent < due; sent++) { TrySend(socket, make(sent), to); }
            await Task.Delay(Step, CancellationToken.None);
        }
    }

    /// <summary>Random datagrams from one network after another (/24 of 127.0.0.0/8), round and round.</summary>
    public static async Task SendFromEverywhereAsync(IPEndPoint to, int networks, double perSecond, Random random, CancellationToken stop)
    {
        long began = Stopwatch.GetTimestamp();
        for (long sent = 0; !stop.IsCancellationRequested;)
        {
            long due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond);
            for (; sent < due; sent++)
            {
                int network = (int)(sent % networks);
                using Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
                socket.Bind(new IPEndPoint(new IPAddress([127, (byte)(100 + (network / 256)), (byte)network, 9]), 0));
                TrySend(socket, Random80(random), to);
            }

            await Task.Delay(Step, CancellationToken.None);
        }
    }

    public static byte[] Random80(Random random) => OfLength(random, 80);

    public static byte[] OfLength(Random random, int length)
    {
        byte[] datagram = new byte[length];
        random.NextBytes(datagram);
        if (length > 0) { datagram[0] &= 0x7F; } // A client's direction.
        return datagram;
    }

    private static void TrySend(Socket socket, byte[] datagram, IPEndPoint to)
    {
        try
        {
            socket.SendTo(datagram, to);
        }
        catch (SocketException)
        {
            // No room, or nobody there: lost, as on any network.
        }
    }
}
