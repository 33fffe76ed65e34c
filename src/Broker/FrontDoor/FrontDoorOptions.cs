using System.Net;
using MoshBroker.Tenants;

namespace MoshBroker.FrontDoor;

/// <summary>Where and how the front door stands.</summary>
/// <param name="At">The address of its sshd.</param>
/// <param name="Account">The account that sshd lets in; null for the usual one.</param>
/// <param name="Proxies">Load balancers that speak the PROXY protocol.</param>
internal sealed record FrontDoorOptions(IPEndPoint At, string? Account, NetworkSet Proxies)
{
    /// <summary>The host key that was given, the same for all nodes behind one address; null for one of the data folder's own. Absolute.</summary>
    public string? HostKey { get; init; }
}
