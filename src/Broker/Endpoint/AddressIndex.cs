namespace MoshBroker.Endpoint;

/// <summary>Channels by their clients' addresses, and by the networks of these. Grows with channels only, whatever arrives.</summary>
/// <remarks>Several channels may be at one address: two sessions behind one relay. The chains begin with the latest comer.</remarks>
internal sealed class AddressIndex(ulong seed)
{
    private const int Buckets = 16_384;

    private readonly AddressNode?[] _byAddress = new AddressNode?[Buckets];
    private readonly AddressNode?[] _byNetwork = new AddressNode?[Buckets];

    /// <summary>The first node that is at the address; go on with <see cref="NextAt"/>.</summary>
    public AddressNode? FirstAt(in UdpAddress address) => AtAddress(_byAddress[Bucket(address)], address);

    public static AddressNode? NextAt(AddressNode node) => AtAddress(node.NextAtAddress, node.Address);

    /// <summary>The first node in the network; go on with <see cref="NextIn"/>.</summary>
    public AddressNode? FirstIn(ulong network) => InNetwork(_byNetwork[Bucket(network)], network);

    public static AddressNode? NextIn(AddressNode node) => InNetwork(node.NextInNetwork, node.Address.Network);

    public void Link(AddressNode node, in UdpAddress address)
    {
        if (node.IsLinked) { Unlink(node); }
        node.Address = address;
        node.IsLinked = true;
        ref AddressNode? atAddress = ref _byAddress[Bucket(address)];
        node.NextAtAddress = atAddress;
        if (atAddress is not null) { atAddress.BeforeAtAddress = node; }
        atAddress = node;
        ref AddressNode? inNetwork = ref _byNetwork[Bucket(address.Network)];
        node.NextInNetwork = inNetwork;
        if (inNetwork is not null) { inNetwork.BeforeInNetwork = node; }
        inNetwork = node;
    }

    public void Unlink(AddressNode node)
    {
        if (!node.IsLinked) { return; }
        node.IsLinked = false;
        if (node.BeforeAtAddress is { } before) { before.NextAtAddress = node.NextAtAddress; }
        else { _byAddress[Bucket(node.Address)] = node.NextAtAddress; }
        if (node.NextAtAddress is { } next) { next.BeforeAtAddress = node.BeforeAtAddress; }
        if (node.BeforeInNetwork is { } earlier) { earlier.NextInNetwork = node.NextInNetwork; }
        else { _byNetwork[Bucket(node.Address.Network)] = node.NextInNetwork; }
        if (node.NextInNetwork is { } later) { later.BeforeInNetwork = node.BeforeInNetwork; }
        node.NextAtAddress = node.BeforeAtAddress = node.NextInNetwork = node.BeforeInNetwork = null;
    }

    private static AddressNode? AtAddress(AddressNode? node, in UdpAddress address)
    {
        while (node is not null && node.Address != address) { node = node.NextAtAddress; }
        return node;
    }

    private static AddressNode? InNetwork(AddressNode? node, ulong network)
    {
        while (node is not null && node.Address.Network != network) { node = node.NextInNetwork; }
        return node;
    }

    private int Bucket(in UdpAddress address) => (int)(KeyedHash.Of(address, seed) % Buckets);

    private int Bucket(ulong network) => (int)(KeyedHash.Of(network, seed) % Buckets);
}
