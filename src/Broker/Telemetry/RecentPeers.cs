using MoshBroker.Protocol;

namespace MoshBroker.Telemetry;

/// <summary>Addresses of clients whose channel ended in the last two days, in a table of fixed size: a laptop that returns is no attacker.</summary>
internal sealed class RecentPeers
{
    private const int Places = 8192;
    private const long KeptMs = 48 * 60 * 60 * 1000L;

    // Two choices for each address, drawn with a key that outsiders don't know.
    private readonly uint _seed = (uint)Random.Shared.Next();
    private readonly (UInt128 Ip, long EndedAt)[] _places = new (UInt128, long)[Places];
    private readonly Lock _lock = new();

    /// <summary>A channel ended whose client was there.</summary>
    public void Note(MonoTime now, UInt128 ip)
    {
        (int one, int other) = PlacesOf(ip);
        lock (_lock)
        {
            bool takesOther = _places[one].Ip != ip && (_places[other].Ip == ip || _places[other].EndedAt < _places[one].EndedAt);
            _places[takesOther ? other : one] = (ip, now.Milliseconds);
        }
    }

    public bool Contains(MonoTime now, UInt128 ip)
    {
        (int one, int other) = PlacesOf(ip);
        lock (_lock) { return IsAt(now, one, ip) || IsAt(now, other, ip); }
    }

    private bool IsAt(MonoTime now, int place, UInt128 ip) => _places[place].Ip == ip && now.Milliseconds - _places[place].EndedAt < KeptMs && ip != 0;

    private (int One, int Other) PlacesOf(UInt128 ip)
    {
        uint hash = (uint)HashCode.Combine(ip, _seed);
        return ((int)(hash % Places), (int)((hash >> 16) % Places));
    }
}
