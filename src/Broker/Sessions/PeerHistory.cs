using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>Where a session's clients have been: the last stays, so many at most.</summary>
/// <remarks>Written by the session's loop, at most once a second for each client; read from any thread, since what was read is never changed.</remarks>
internal sealed class PeerHistory
{
    public const int Kept = 32;

    private PeerStay[] _stays = [];

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<PeerStay> Stays => Volatile.Read(ref _stays);

    /// <summary>A client is there.</summary>
    /// <param name="peer">"address:port".</param>
    public void Note(MonoTime now, int channel, string peer)
    {
        int last = Last(channel);
        if (last >= 0 && AddressOf(_stays[last].Peer).SequenceEqual(AddressOf(peer)))
        {
            if (_stays[last].Peer != peer) { Replace(last, _stays[last] with { Peer = peer, Hops = _stays[last].Hops + 1 }); }
            return;
        }

        Leave(now, channel);
        Volatile.Write(ref _stays, [.. _stays.Skip(_stays.Length + 1 - Kept), new PeerStay(channel, now, MonoTime.Forever, peer, 0)]);
    }

    /// <summary>A client is gone from where it was.</summary>
    public void Leave(MonoTime now, int channel)
    {
        if (Last(channel) is >= 0 and int last) { Replace(last, _stays[last] with { Until = now }); }
    }

    private int Last(int channel) => Array.FindLastIndex(_stays, stay => stay.Channel == channel && stay.Until == MonoTime.Forever);

    private void Replace(int at, PeerStay stay)
    {
        PeerStay[] stays = [.. _stays];
        stays[at] = stay;
        Volatile.Write(ref _stays, stays);
    }

    private static ReadOnlySpan<char> AddressOf(string peer) => peer.AsSpan(0, Math.Max(0, peer.LastIndexOf(':')));
}
