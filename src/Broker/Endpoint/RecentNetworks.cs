using MoshBroker.Protocol;

namespace MoshBroker.Endpoint;

/// <summary>Networks that a session's client was in during the last day, in a table of fixed size: only an authentic datagram writes here.</summary>
internal sealed class RecentNetworks(ulong seed)
{
    private const int Places = 4_096;
    private const long KeptMs = 24 * 60 * 60 * 1000L; // Who was at work yesterday comes back today.

    private readonly (ulong Network, MonoTime SeenAt)[] _places = new (ulong, MonoTime)[Places];

    public void Note(MonoTime now, ulong network)
    {
        ref (ulong Network, MonoTime SeenAt) one = ref Place(network, 0);
        ref (ulong Network, MonoTime SeenAt) other = ref Place(network, 32);
        ref (ulong Network, MonoTime SeenAt) place = ref one.Network == network || (other.Network != network && one.SeenAt <= other.SeenAt) ? ref one : ref other;
        place = (network, now);
    }

    public bool Contains(MonoTime now, ulong network) => IsAt(now, network, 0) || IsAt(now, network, 32);

    private bool IsAt(MonoTime now, ulong network, int shift)
    {
        ref (ulong Network, MonoTime SeenAt) place = ref Place(network, shift);
        return place.Network == network && network != 0 && now.Since(place.SeenAt) < KeptMs;
    }

    private ref (ulong Network, MonoTime SeenAt) Place(ulong network, int shift) => ref _places[(uint)(KeyedHash.Of(network, seed) >> shift) % Places];
}
