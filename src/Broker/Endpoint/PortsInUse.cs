using System.Globalization;

namespace MoshBroker.Endpoint;

/// <summary>The UDP ports that any socket of this network namespace is bound to at the moment.</summary>
internal sealed class PortsInUse
{
    private readonly HashSet<int> _ports = [];

    private PortsInUse()
    {
    }

    /// <summary>As the kernel lists them; none where it does not.</summary>
    public static PortsInUse Read()
    {
        PortsInUse inUse = new();
        foreach (string table in new[] { "/proc/net/udp", "/proc/net/udp6" })
        {
            if (File.Exists(table)) { inUse.Add(File.ReadLines(table)); }
        }

        return inUse;
    }

    /// <summary>How many ports of the range are taken.</summary>
    public int CountIn(UdpPortRange range) => _ports.Count(port => port >= range.Low && port <= range.High);

    /// <summary>Lines of proc(5)'s /proc/net/udp: the second word is the local address and port, in hex.</summary>
    internal void Add(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] words = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2) { continue; }
            int colon = words[1].LastIndexOf(':');
            if (colon >= 0 && int.TryParse(words[1].AsSpan(colon + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int port)) { _ports.Add(port); }
        }
    }
}
