using MoshBroker.Protocol.States;

namespace MoshBroker.Sessions;

/// <summary>What a client that knows more than stock's is offered (docs/protocol-extensions.md).</summary>
/// <param name="Extensions">All that may be granted.</param>
/// <param name="Addresses">Numeric; by which the broker can be reached too.</param>
internal sealed record ExtensionOffer(PeerExtensions Extensions, IReadOnlyList<string> Addresses)
{
    public static ExtensionOffer Everything { get; } = new(PeerExtensions.All, []);
}
