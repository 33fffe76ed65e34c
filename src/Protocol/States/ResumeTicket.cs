using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Protocol.States;

/// <summary>A place that the broker keeps on the session for the user's next client: a port and a key, good for one client and a limited time.</summary>
/// <param name="Port">UDP port, at any of the broker's addresses.</param>
/// <param name="Key">The printed form of a key that nobody has used.</param>
/// <param name="LifetimeSeconds">For how long the broker keeps it, from when it was given.</param>
public sealed record ResumeTicket(int Port, string Key, int LifetimeSeconds)
{
    /// <summary>For people and logs: without the key.</summary>
    public override string ToString() => $"a ticket for port {Port}, good for {LifetimeSeconds} s";
}
