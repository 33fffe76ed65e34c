namespace MoshBroker.Endpoint;

/// <summary>One address of a channel's client: a link in two chains of the <see cref="AddressIndex"/>.</summary>
internal sealed class AddressNode(Candidate owner)
{
    public Candidate Owner { get; } = owner;

    public UdpAddress Address { get; set; }

    public bool IsLinked { get; set; }

    public AddressNode? NextAtAddress { get; set; }

    public AddressNode? BeforeAtAddress { get; set; }

    public AddressNode? NextInNetwork { get; set; }

    public AddressNode? BeforeInNetwork { get; set; }
}
