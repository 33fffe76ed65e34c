using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Testing.Swarm;

/// <summary>Datagrams that nobody's key made, at a steady rate, from many addresses where no session is.</summary>
public sealed class GarbageFlood : IDisposable
{
    private const int Sources = 64;
    private const int Length = 80;

    private readonly Thread _thread;
    private volatile bool _stopping;
    private long _sent;

    /// <param name="server">Where to.</param>
    /// <param name="perSecond">How many.</param>
    /// <param name="isAimed">True for numbers that young sessions expect, which cost keys; false for random ones.</param>
    public GarbageFlood(IPEndPoint server, int perSecond, bool isAimed)
    {
        _thread = new Thread(() => Run(server, perSecond, isAimed)) { Name = "flood", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Datagrams sent so far.</summary>
    public long Sent => Volatile.Read(ref _sent);

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
    }

    private void Run(IPEndPoint server, int perSecond, bool isAimed)
    {
        Random random = new(1);
        Socket[] sockets = [.. Enumerable.Range(0, Sources).Select(i => Bound(new IPAddress([127, 200, (byte)(i / 4), (byte)(i + 1)])))];
        SocketAddress to = server.Serialize();
        byte[] datagram = new byte[Length];
        long began = Stopwatch.GetTimestamp();
        while (!_stopping)
        {
            long due = (long)(Stopwatch.GetElapsedTime(began).TotalSeconds * perSecond);
            if (due <= _sent) { Thread.Sleep(1); }
            for (; _sent < due && !_stopping; Volatile.Write(ref _sent, _sent + 1))
            {
                random.NextBytes(datagram);
                if (isAimed) { BinaryPrimitives.WriteInt64BigEndian(datagram, random.Next(100)); }
                try
                {
                    sockets[_sent % Sources].SendTo(datagram, SocketFlags.None, to);
                }
                catch (SocketException)
                {
                    // No room: lost.
                }
            }
        }

        foreach (Socket socket in sockets) { socket.Dispose(); }
    }

    private static Socket Bound(IPAddress address)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }
}
