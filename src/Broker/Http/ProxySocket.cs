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
            switch (SocketPaths.Clear(at))
            {
                case SocketPath.OtherFile: throw new StartRefusedException($"{flag} {path} is there already and is no socket: choose another path");
                case SocketPath.Answered: throw new StartRefusedException($"{flag} {path} is in use by another program: stop that one, or choose another path");
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
}
