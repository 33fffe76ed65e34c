using MoshBroker.Protocol;

namespace MoshBroker.Client.Ways;

/// <summary>UDP to a server that has several addresses: raced until one answers, and again whenever that one falls silent.</summary>
/// <remarks>What goes to several addresses is one datagram, so that no sequence number is used twice; the server takes the first of the copies.</remarks>
internal sealed class UdpWays : IDisposable
{
    /// <summary>More addresses are not tried.</summary>
    public const int Most = 8;

    /// <summary>More than a heartbeat without an answer: the others are tried too, ms.</summary>
    public const long RaceAfter = 4000;

    /// <summary>An address that speaks to us and does not hear us is no good either: ms since what was answered last was sent.</summary>
    public const long UnansweredAfter = 7000;

    private const long CopyEvery = 250;

    private readonly List<UdpPath> _paths = [];
    private readonly List<MonoTime> _copied = [];
    private readonly List<int> _sockets = [];
    private readonly List<int> _owners = [];
    private MonoTime _heard = MonoTime.Never;
    private MonoTime _lastRoundTrip = MonoTime.Forever;
    private int _best;

    public UdpWays(MonoTime now, byte[] server, int family) => _ = Add(now, server, family);

    /// <summary>All sockets, as of the last <see cref="Refresh"/>.</summary>
    public IReadOnlyList<int> Sockets => _sockets;

    /// <summary>How many addresses there are.</summary>
    public int Count => _paths.Count;

    /// <summary>How often a new source port was taken.</summary>
    public int Hops => _paths.Sum(path => path.Hops);

    /// <summary>True when one of the addresses is IPv6, where less fits into a datagram.</summary>
    public bool HasIPv6 => _paths.Exists(static path => path.IsIPv6);

    /// <summary>The address in use, a sockaddr.</summary>
    public byte[] Address => _paths[_best].Server;

    /// <summary>One more address; false when it is known, or there are too many.</summary>
    public bool Add(MonoTime now, byte[] server, int family)
    {
        if (_paths.Count >= Most || _paths.Exists(path => path.Server.AsSpan().SequenceEqual(server))) { return false; }
        _paths.Add(new UdpPath(now, server, family));
        _copied.Add(MonoTime.Never);
        return true;
    }

    /// <summary>0, or the errno of the address in use.</summary>
    public int Send(MonoTime now, ReadOnlySpan<byte> datagram)
    {
        int error = _paths[_best].Send(datagram);
        if (_paths.Count == 1 || !IsRacing(now)) { return error; }
        for (int i = 0; i < _paths.Count; i++)
        {
            if (i == _best || now.Since(_copied[i]) < CopyEvery) { continue; }
            _copied[i] = now;
            if (_paths[i].Send(datagram) == 0) { error = 0; }
        }

        return error;
    }

    /// <summary>After each send.</summary>
    public void AfterSend(MonoTime now, MonoTime lastRoundTrip)
    {
        _lastRoundTrip = lastRoundTrip;
        _paths[_best].AfterSend(now, lastRoundTrip);
    }

    /// <summary>An authentic datagram came by one of <see cref="Sockets"/>; true when another address is used from now on.</summary>
    public bool OnHeard(MonoTime now, int place)
    {
        int owner = _owners[place];
        bool changes = owner != _best && IsRacing(now);
        if (changes) { _best = owner; }
        if (owner == _best) { _heard = now; }
        return changes;
    }

    /// <summary>Brings <see cref="Sockets"/> up to date.</summary>
    public void Refresh()
    {
        _sockets.Clear();
        _owners.Clear();
        for (int i = 0; i < _paths.Count; i++)
        {
            foreach (int socket in _paths[i].Sockets)
            {
                _sockets.Add(socket);
                _owners.Add(i);
            }
        }
    }

    public void Dispose()
    {
        foreach (UdpPath path in _paths) { path.Dispose(); }
    }

    private bool IsRacing(MonoTime now) => _heard == MonoTime.Never || now.Since(_heard) > RaceAfter || now.Since(_lastRoundTrip) > UnansweredAfter;
}
