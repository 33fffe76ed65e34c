using System.Net;

namespace MoshBroker.Interop.Tests.Harness;

/// <summary>What `open` printed: where the session is and its key.</summary>
internal sealed record OpenedSession(int Port, string Key)
{
    public IPEndPoint On(IPAddress address) => new(address, Port);
}
