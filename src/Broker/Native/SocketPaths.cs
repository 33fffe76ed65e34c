using System.Net.Sockets;

namespace MoshBroker.Native;

/// <summary>Makes way for a Unix socket of ours.</summary>
internal static class SocketPaths
{
    /// <summary>Removes a socket that nobody answers at any more.</summary>
    /// <exception cref="IOException">It could not be removed.</exception>
    public static SocketPath Clear(UnixDomainSocketEndPoint at)
    {
        string path = at.ToString();
        if (!File.Exists(path)) { return SocketPath.Free; }
        if (!UnixSocketNative.IsSocket(path)) { return SocketPath.OtherFile; }
        if (IsAlive(at)) { return SocketPath.Answered; }
        File.Delete(path);
        return SocketPath.Free;
    }

    private static bool IsAlive(UnixDomainSocketEndPoint at)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(at);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
