using System.Net;
using System.Net.Sockets;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>Finds UDP ports below the kernel's own choice (32768 and up) that nobody uses at the moment.</summary>
internal static class FreePorts
{
    /// <summary>A range LO:HI of that many ports, all free when asked.</summary>
    public static string Range(int count)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            int low = Random.Shared.Next(20_000, 32_000 - count);
            if (IsFree(low) && IsFree(low + (count / 2)) && IsFree(low + count - 1) && (count > 10 || Enumerable.Range(low, count).All(IsFree)))
            {
                return $"{low}:{low + count - 1}";
            }
        }

        throw new InvalidOperationException("no free range of ports");
    }

    public static bool IsFree(int port)
    {
        // Of both families: a session that is over answers for another 10 s, on ::1 perhaps.
        using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
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
