using MoshBroker.Protocol;

namespace MoshBroker.Endpoint;

/// <summary>A bucket for each of many keys, in a table of fixed size.</summary>
/// <remarks>
/// A key has a choice of two places. When both are taken, it goes on with what is left in the fuller one: sharing a place may cost somebody a try, but
/// no run of invented keys makes the table grow or gives anybody more than a place holds.
/// </remarks>
internal sealed class BucketTable(int places, BucketRule rule, ulong seed)
{
    private readonly Place[] _places = new Place[places];

    public BucketRule Rule => rule;

    public int Places => places;

    /// <summary>The key's bucket; valid until the next call.</summary>
    public ref TokenBucket Find(MonoTime now, ulong key)
    {
        ulong hash = KeyedHash.Of(key, seed);
        ref Place one = ref _places[(int)((uint)hash % (uint)places)];
        if (one.Key == key) { return ref one.Bucket; }
        ref Place other = ref _places[(int)((uint)(hash >> 32) % (uint)places)];
        if (other.Key == key) { return ref other.Bucket; }
        ref Place fuller = ref one.Bucket.Available(now, rule) >= other.Bucket.Available(now, rule) ? ref one : ref other;
        fuller.Key = key;
        return ref fuller.Bucket;
    }

    /// <summary>How many places have anything spent: from another thread about right.</summary>
    public int Occupied(MonoTime now)
    {
        int occupied = 0;
        for (int i = 0; i < places; i++)
        {
            TokenBucket copy = _places[i].Bucket;
            if (copy.Available(now, rule) < rule.Burst) { occupied++; }
        }

        return occupied;
    }

    private struct Place
    {
        public ulong Key;
        public TokenBucket Bucket;
    }
}
