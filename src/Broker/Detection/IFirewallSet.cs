namespace MoshBroker.Detection;

/// <summary>The kernel's set of blocked networks, which <c>moshbroker firewall</c> made.</summary>
internal interface IFirewallSet
{
    /// <summary>Asks for a network to be in it for a time; without waiting.</summary>
    void Block(string prefix, bool isIPv4, TimeSpan time);
}
