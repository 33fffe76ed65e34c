using System.Net;
using MoshBroker.Configuration;

namespace MoshBroker.Http;

/// <summary>One address that Kestrel listens on, and what is served there.</summary>
internal sealed class Listener(EndPoint given, string flag, ListenerRoles roles)
{
    public EndPoint Given { get; } = given;

    /// <summary>The flag to name when the address is not to be had.</summary>
    public string Flag { get; } = flag;

    public ListenerRoles Roles { get; } = roles;

    /// <summary>As bound, with a real port; null before, and for a socket in the file system.</summary>
    public IPEndPoint? Bound { get; set; }

    /// <summary>True where only this machine's own names may be asked for.</summary>
    public bool IsLoopback => Given is IPEndPoint { Address: { } address } && IPAddress.IsLoopback(address);

    public static List<Listener> Of(ServeOptions options)
    {
        List<Listener> listeners = [];
        if (options.Http is { } http)
        {
            bool isShared = http.Equals(options.Metrics);
            listeners.Add(new Listener(http, $"--{ServeFlags.Http}", ListenerRoles.Dashboard | (isShared ? ListenerRoles.Health : ListenerRoles.None)));
        }

        if (options.Metrics is { } metrics && !metrics.Equals(options.Http))
        {
            listeners.Add(new Listener(metrics, $"--{ServeFlags.Metrics}", ListenerRoles.Health));
        }

        if (options.HttpProxyPath is { } path)
        {
            listeners.Add(new Listener(new System.Net.Sockets.UnixDomainSocketEndPoint(path), $"--{ServeFlags.HttpProxy}", ListenerRoles.Dashboard | ListenerRoles.Proxy));
        }

        return listeners;
    }
}
