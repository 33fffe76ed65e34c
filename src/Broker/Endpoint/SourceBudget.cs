using MoshBroker.Protocol;

namespace MoshBroker.Endpoint;

/// <summary>How many keys may be tried for datagrams that nobody turned out to have sent: per source, per network, and in total.</summary>
/// <remarks>
/// Only failures are charged: whoever searches asks for the allowance first, and charges afterwards what was tried for nothing. The total is two
/// budgets that never help each other out: four fifths for sources in a network where a session is or recently was, the rest for all others. So
/// a flood from invented addresses leaves those alone who come back from where people come from. A try costs about 0.3 µs: the whole budget is 6 % of a core.
/// </remarks>
internal sealed class SourceBudget(ulong seed)
{
    public static readonly BucketRule Near = new(PerSecond: 160_000, Burst: 16_384);

    /// <summary>One search among as many sessions as Linux has terminals by default is still within the burst.</summary>
    public static readonly BucketRule Far = new(PerSecond: 40_000, Burst: 4_096);

    public static readonly BucketRule PerNetwork = new(PerSecond: 8_192, Burst: 8_192);

    /// <summary>By address and port: who floods through a carrier's address spends his own port's, not his neighbours'.</summary>
    public static readonly BucketRule PerSource = new(PerSecond: 1_024, Burst: 4_096);

    // The last quarter of a network's is for sources that have failed at nothing lately: a flooder's ports are soon known, a roamer's is new.
    private const int ReserveShare = 4;

    private readonly BucketTable _sources = new(4_096, PerSource, seed);
    private readonly BucketTable _networks = new(4_096, PerNetwork, KeyedHash.Of(1, seed));
    private TokenBucket _near;
    private TokenBucket _far;

    /// <summary>How many keys may be tried for a datagram from there.</summary>
    public int Allowance(MonoTime now, in UdpAddress source, bool isNear)
    {
        long inTotal = isNear ? _near.Available(now, Near) : _far.Available(now, Far);
        long ofSource = _sources.Find(now, KeyedHash.Of(source, seed)).Available(now, PerSource);
        long ofNetwork = _networks.Find(now, source.Network).Available(now, PerNetwork);
        if (ofSource < PerSource.Burst) { ofNetwork -= PerNetwork.Burst / ReserveShare; }
        return (int)Math.Max(0, Math.Min(inTotal, Math.Min(ofSource, ofNetwork)));
    }

    /// <summary>Charges keys that were tried for nothing; a source that came in vain, though there was nothing left to try with, is remembered too.</summary>
    public void Charge(MonoTime now, in UdpAddress source, bool isNear, int tries)
    {
        if (isNear) { _near.Take(now, Near, tries); }
        else { _far.Take(now, Far, tries); }
        _sources.Find(now, KeyedHash.Of(source, seed)).Take(now, PerSource, Math.Max(1, tries));
        _networks.Find(now, source.Network).Take(now, PerNetwork, tries);
    }

    /// <summary>Places of the tables that are in use, of all: walks through them, so not for every datagram.</summary>
    public (int Sources, int Networks, int Places) Occupancy(MonoTime now) => (_sources.Occupied(now), _networks.Occupied(now), _sources.Places);
}
