namespace MoshBroker.Protocol.States;

/// <summary>What the broker tells a client that has said that it understands: part of the screen's state, so that it arrives once and whole, however bad the way.</summary>
/// <param name="Granted">What of the client's extensions is in use.</param>
/// <remarks>Immutable: another object is another state.</remarks>
public sealed record ServerNotes(PeerExtensions Granted)
{
    /// <summary>More addresses are not read.</summary>
    public const int MostAddresses = 8;

    /// <summary>The answer to the client's last question; null before the first.</summary>
    public LinkHealth? Health { get; init; }

    /// <summary>Numeric addresses by which the broker can be reached too, best first.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];
}
