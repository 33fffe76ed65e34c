using MoshBroker.Client.Native;

namespace MoshBroker.Client.Bootstrap;

/// <summary>A host's addresses in the order that --family asks for.</summary>
internal static class HostAddresses
{
    /// <summary>All that may be tried; the reason when there is none.</summary>
    public static List<byte[]> Find(string host, string port, string family, out string error)
    {
        List<byte[]> all = SocketNative.Resolve(host, port, out error);
        List<byte[]> four = all.FindAll(address => SocketNative.FamilyOf(address) == SocketNative.Inet);
        List<byte[]> six = all.FindAll(address => SocketNative.FamilyOf(address) == SocketNative.Inet6);
        if (family == "auto" && four.Count > 0 && six.Count > 0)
        {
            error = "it has addresses of both families; say --family=inet or --family=inet6";
            return [];
        }

        List<byte[]> found = family switch
        {
            "inet" => four,
            "inet6" => six,
            "prefer-inet" => [.. four, .. six],
            "prefer-inet6" => [.. six, .. four],
            _ => all,
        };
        if (found.Count == 0 && error.Length == 0) { error = $"it has no address for --family={family}"; }
        return found;
    }

    /// <summary>The first of them, numeric.</summary>
    public static string? First(string host, string port, string family, out string error)
    {
        List<byte[]> found = Find(host, port, family, out error);
        return found.Count == 0 ? null : SocketNative.AddressText(found[0]);
    }
}
