using MoshBroker.Endpoint;
using MoshBroker.Protocol;

namespace MoshBroker.Detection;

/// <summary>Networks that are turned away before any key is tried, for a time; and strangers of whom only a sample gets in. A table of fixed size.</summary>
/// <remarks>
/// Asked by the threads that receive, without a lock. While nothing is turned away, asking costs two reads. Whoever asks
/// makes sure beforehand that no client of his is in that network: a block never meets somebody who is here.
/// </remarks>
internal sealed class SourceFilter(ulong seed)
{
    private const int Places = 1024;

    private readonly ulong[] _networks = new ulong[Places];
    private readonly long[] _until = new long[Places];
    private long _lastUntil;
    private int _sampleOneIn = 1;
    private int _strangers;

    /// <summary>True while nobody is turned away.</summary>
    public bool IsOpen(MonoTime now) => Volatile.Read(ref _sampleOneIn) <= 1 && now.Milliseconds >= Volatile.Read(ref _lastUntil);

    /// <summary>One of a sample; for a datagram from a network where no client is or lately was.</summary>
    public bool LetsStrangerIn()
    {
        int oneIn = Volatile.Read(ref _sampleOneIn);

        // Not exact between threads, and need not be.
        return oneIn <= 1 || ++_strangers % oneIn == 0;
    }

    public bool IsBlocked(MonoTime now, ulong network)
    {
        if (now.Milliseconds >= Volatile.Read(ref _lastUntil)) { return false; }
        (int one, int other) = PlacesOf(network);
        return IsAt(now, one, network) || IsAt(now, other, network);
    }

    /// <summary>Blocks a network, or goes on blocking it. The one whose time is over first gives its place up.</summary>
    public void Block(MonoTime now, ulong network, TimeSpan time)
    {
        lock (_networks) { Place(now, network, time); }
    }

    /// <summary>Lets a network in again; false when it was not turned away.</summary>
    public bool Unblock(MonoTime now, ulong network)
    {
        lock (_networks)
        {
            bool found = false;
            (int one, int other) = PlacesOf(network);
            foreach (int place in new[] { one, other })
            {
                if (!IsAt(now, place, network)) { continue; }
                Volatile.Write(ref _until[place], 0);
                found = true;
            }

            return found;
        }
    }

    /// <summary>What is turned away just now, and for how much longer.</summary>
    public IReadOnlyList<(ulong Network, TimeSpan Left)> Blocked(MonoTime now)
    {
        lock (_networks)
        {
            return [.. Enumerable.Range(0, Places).Where(place => _until[place] > now.Milliseconds)
                .Select(place => (_networks[place], TimeSpan.FromMilliseconds(_until[place] - now.Milliseconds))).Distinct()];
        }
    }

    private void Place(MonoTime now, ulong network, TimeSpan time)
    {
        (int one, int other) = PlacesOf(network);
        int place = _networks[one] == network ? one : _networks[other] == network || _until[other] < _until[one] ? other : one;
        long until = now.Milliseconds + (long)time.TotalMilliseconds;
        Volatile.Write(ref _until[place], 0);
        Volatile.Write(ref _networks[place], network);
        Volatile.Write(ref _until[place], until);
        if (until > _lastUntil) { Volatile.Write(ref _lastUntil, until); }
    }

    /// <summary>Of strangers' datagrams, lets one in so many through; 1 for all.</summary>
    public void Sample(int oneIn) => Volatile.Write(ref _sampleOneIn, oneIn);

    private bool IsAt(MonoTime now, int place, ulong network) => Volatile.Read(ref _networks[place]) == network && now.Milliseconds < Volatile.Read(ref _until[place]);

    private (int One, int Other) PlacesOf(ulong network)
    {
        ulong hash = KeyedHash.Of(network, seed);
        return ((int)((uint)hash % Places), (int)((uint)(hash >> 32) % Places));
    }
}
