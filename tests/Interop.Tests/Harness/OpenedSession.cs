using System.Net;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>What `open` printed: where the session is and its key; for a broker also what it calls the session.</summary>
internal sealed record OpenedSession(int Port, string Key, string Id = "")
{
    public IPEndPoint On(IPAddress address) => new(address, Port);
}
