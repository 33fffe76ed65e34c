using MoshBroker.Protocol.Crypto;

namespace MoshBroker.Protocol.StateSync;

/// <summary>What a transport is made of.</summary>
public sealed class TransportSetup
{
    /// <summary>The direction of the datagrams that this end sends.</summary>
    public required Direction Sends { get; init; }

    /// <summary>The session's key; it may be disposed once the transport is made.</summary>
    public required SessionKey Key { get; init; }

    /// <summary>
    /// Sequence and state numbers both start at this times 2^32. It must be higher than in every earlier incarnation under this key, and committed to
    /// the store before the first send. 0 for a client that never had another; below 2^31.
    /// </summary>
    public ulong Epoch { get; init; }

    /// <summary>Where the chaff comes from.</summary>
    public required IRandomSource Random { get; init; }

    /// <summary>The scratch space of the thread that steps the transport; see <see cref="Transport{TLocal, TRemote}.Scratch"/>.</summary>
    public required TransportScratch Scratch { get; init; }
}
