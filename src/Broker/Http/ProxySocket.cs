using System.Net.Sockets;
using MoshBroker.Configuration;
using MoshBroker.Native;

namespace MoshBroker.Http;

/// <summary>The Unix socket of an authenticating proxy. Whoever can open it speaks for everybody: its owner and its group, and nobody else.</summary>
internal static class ProxySocket
{
    private const UnixFileMode OwnerAndGroup = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <exception cref="StartRefusedException">The path cannot be used, with the cure.</exception>
    public static Socket Bind(UnixDomainSocketEndPoint at, string flag)
    {
        string path = at.ToString();
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            if (File.Exists(path))
            {
                if (!UnixSocketNative.IsSocket(path)) { throw new StartRefusedException($"{flag} {path} is there already and is no socket: choose another path"); }
                if (IsAlive(at)) { throw new StartRefusedException($"{flag} {path} is in use by another program: stop that one, or choose another path"); }
                File.Delete(path);
            }

            socket.Bind(at);
            File.SetUnixFileMode(path, OwnerAndGroup);
            return socket;
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new StartRefusedException($"{flag} {path} cannot be listened on ({OneLine.Of(e)}): choose a path in a folder that the broker can write to", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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
