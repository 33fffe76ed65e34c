namespace MoshBroker.Protocol.StateSync;

/// <summary>
/// Where a peer is answered, and with how much. Whoever copies the peer's datagrams and is faster than they are may seem to be its new address;
/// only what the peer echoes tells where it hears us.
/// </summary>
/// <typeparam name="TPath">An address, with all that is needed to answer there.</typeparam>
/// <remarks>
/// <para>Two paths at most are known: <em>home</em>, where the peer is known to hear us, and the <em>guest</em>, where its newest datagram came from.
/// Each is sent timestamps of its own (<see cref="Transport{TLocal, TRemote}.PathMark"/>). A fresh datagram from the guest that echoes one of the guest's makes it home.
/// Until then the guest gets at most three times the bytes that came from it, headers counted; first what the peer answers at once.</para>
/// <para>The guest is answered first, since nearly always the peer has moved. If no proof has come when it should have, home is probed, up to three times;
/// when the peer echoes what only home was sent, it has not moved, and home is answered, for as long as it goes on echoing.</para>
/// <para>Stepped by hand, like a transport, and nothing is allocated for a datagram.</para>
/// </remarks>
public sealed class PathGuard<TPath>
    where TPath : struct, INetworkPath<TPath>
{
    /// <summary>An address that proved nothing gets at most this many bytes for each that came from it.</summary>
    public const int BytesPerByte = 3;

    /// <summary>
    /// The first address of all may get so many bytes in any case, headers counted: the first screen. Somebody has logged in for each.
    /// </summary>
    public const int FirstBytes = 16 * 1024;

    /// <summary>A peer that flapped is answered only at home for so long, in ms.</summary>
    public const long StuckTime = 30_000;

    private const int HomeProbes = 3;

    // The peer answers data within 100 ms, and its machine and ours take their time.
    private const long AnswerSlack = 150;

    // A peer that is only known to hear us at home by an echo older than this is asked again, ms.
    private const long EchoHolds = 1000;

    // After such a silence a move is real: who copies a live session's datagrams finds two in 3 s. The first screen may come before the proof.
    private const long RealSilence = 5000;

    // What a program has to say to a key is there by then, and serves as the probe, ms.
    private const long ProbeDelay = 20;

    // A home that had given up answering is asked once more each time that the peer's heartbeat comes.
    private const long Heartbeat = 3000;

    private readonly FlapLimiter _flaps = new();
    private Place _home;
    private Place _guest;
    private bool _hasHome;
    private bool _hasGuest;
    private bool _isAtGuest;
    private MonoTime _guestProbeAt = MonoTime.Forever;
    private MonoTime _guestProbedAt = MonoTime.Never;
    private MonoTime _homeHeardAt = MonoTime.Never;
    private MonoTime _homeProbeAt = MonoTime.Forever;
    private MonoTime _homeProbedAt = MonoTime.Never;
    private int _homeProbes;
    private MonoTime _stuckUntil = MonoTime.Never;
    private long _timeout = 1000;
    private ulong _lastMark;

    /// <summary>False until the first fresh datagram.</summary>
    public bool HasPath => _hasHome || _hasGuest;

    /// <summary>Where the peer is answered.</summary>
    public TPath Current => _isAtGuest ? _guest.Path : _home.Path;

    /// <summary>The mark of what is sent there.</summary>
    public ulong CurrentMark => _isAtGuest ? _guest.Mark : _home.Mark;

    /// <summary>True when the peer is known to hear us there.</summary>
    public bool IsValidated => _hasHome && !_isAtGuest;

    /// <summary>True when the peer was known to hear us somewhere, and its newest datagram came from elsewhere.</summary>
    public bool HasGuest => _hasHome && _hasGuest;

    /// <summary>The longest payload that may go to <see cref="Current"/> now; <see cref="int.MaxValue"/> when there is no bound.</summary>
    public int Room => _isAtGuest ? GuestRoom : int.MaxValue;

    /// <summary>Bytes that went to new addresses before they proved anything, headers included; the first of all is none.</summary>
    public long UnvalidatedSent { get; private set; }

    /// <summary>Bytes that came from them, headers included.</summary>
    public long UnvalidatedReceived { get; private set; }

    /// <summary>Until when the peer is answered only at home; a time in the past when it is not so.</summary>
    public MonoTime StuckUntil => _stuckUntil;

    /// <summary>When to look for probes again, if nothing happens before.</summary>
    public MonoTime NextTimeout
    {
        get
        {
            if (!_hasGuest)
                return MonoTime.Forever;
            return _hasHome ? MonoTime.Min(_guestProbeAt, IsHomeSilent ? _homeProbedAt.Plus(Patience) : _homeProbeAt) : _guestProbeAt;
        }
    }

    /// <summary>True for the addresses where the peer is, or may be.</summary>
    public bool Knows(in TPath path) => (_hasHome && path.IsSamePeer(_home.Path)) || (_hasGuest && path.IsSamePeer(_guest.Path));

    /// <summary>The same for networks.</summary>
    public bool KnowsNetwork(ulong network) => (_hasHome && network == _home.Path.Network) || (_hasGuest && network == _guest.Path.Network);

    /// <summary>Goes on where another incarnation knew the peer to be.</summary>
    public void Restore(in TPath path)
    {
        _home = new Place { Path = path, Mark = ++_lastMark };
        _hasHome = true;
    }

    /// <summary>A fresh authentic datagram came.</summary>
    /// <param name="now">The present.</param>
    /// <param name="path">Where from.</param>
    /// <param name="length">Bytes of its payload.</param>
    /// <param name="echoed"><see cref="DatagramVerdict.EchoedMark"/>.</param>
    /// <param name="silence">How long the peer had been silent before, in ms.</param>
    /// <param name="timeout">The round-trip timeout, in ms.</param>
    public PathChange OnFresh(MonoTime now, in TPath path, int length, ulong? echoed, long silence, long timeout)
    {
        _timeout = timeout;
        if (!HasPath)
        {
            BeginGuest(now, path);
            Receive(length);
            _isAtGuest = true;
            return PathChange.First;
        }

        TPath before = Current;
        PathChange change = PathChange.None;
        if (_hasHome && path.IsSamePeer(_home.Path))
        {
            _home.Path = path;
            _hasGuest = _isAtGuest = false;
        }
        else
        {
            bool isNew = !_hasGuest || !path.IsSamePeer(_guest.Path);
            if (isNew)
            {
                BeginGuest(now, path);
                _guest.MayHaveScreen = silence >= RealSilence;
            }

            _guest.Path = path;
            Receive(length);
            if (echoed == _guest.Mark)
            {
                BecomeHome();
                change = PathChange.Validated;
            }
            else
            {
                Judge(now, isNew, isHomeHeard: _hasHome && echoed == _home.Mark);
            }
        }

        return change | Moved(now, before);
    }

    /// <summary>A payload was sent to <see cref="Current"/>.</summary>
    /// <param name="now">The present.</param>
    /// <param name="length">Bytes of the payload.</param>
    /// <param name="isAnswered">True for what the peer answers at once: a frame.</param>
    public void OnSent(MonoTime now, int length, bool isAnswered)
    {
        if (!_isAtGuest)
            return;
        if (isAnswered)
            OnGuestProbed(now);
        SpendOnGuest(length);
    }

    /// <summary>
    /// Tells whether a probe is due, and where. Whoever sends it says so by <see cref="OnProbed"/>; who can't does so too, with a length of 0.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="probe">Where to send it, and how.</param>
    public bool TryGetProbe(MonoTime now, out PathProbe<TPath> probe)
    {
        probe = default;
        if (_hasGuest && now >= _guestProbeAt)
        {
            probe = new PathProbe<TPath>(_guest.Path, _guest.Mark, IsAside: !_isAtGuest, GuestRoom, IsHome: false);
            return true;
        }

        if (!HasGuest || now < _homeProbeAt)
            return false;
        probe = new PathProbe<TPath>(_home.Path, _home.Mark, IsAside: _isAtGuest, _home.Path.LongestPayload, IsHome: true);
        return true;
    }

    /// <summary>A probe was sent, of so many bytes; 0 when it could not be.</summary>
    public void OnProbed(MonoTime now, in PathProbe<TPath> probe, int length)
    {
        if (!probe.IsHome)
        {
            OnGuestProbed(now);
            if (length > 0)
                SpendOnGuest(length);
            return;
        }

        _homeProbes++;
        _homeProbedAt = now;
        _homeProbeAt = _homeProbes < HomeProbes ? now.Plus(_timeout) : MonoTime.Forever;
    }

    /// <summary>Time has passed: a home that answers no probe is given up.</summary>
    public PathChange OnTimeout(MonoTime now)
    {
        if (!HasGuest || _isAtGuest || !IsHomeSilent || now < _homeProbedAt.Plus(Patience))
            return PathChange.None;
        TPath before = Current;
        _isAtGuest = true;
        _guestProbeAt = now;
        return Moved(now, before);
    }

    private long Patience => _timeout + AnswerSlack;

    /// <summary>All probes were sent, while home is still the one that is answered.</summary>
    private bool IsHomeSilent => !_isAtGuest && _homeProbes == HomeProbes && _homeProbeAt == MonoTime.Forever;

    private int GuestRoom
    {
        get
        {
            long allowed = (BytesPerByte * _guest.Received) + (_guest.IsFirst ? FirstBytes : 0);
            long room = allowed - _guest.Sent - _guest.Path.HeaderLength;
            if (_guest.MayHaveScreen && _guest.DatagramsSent < _guest.Newer)
                room = _guest.Path.LongestPayload;
            return (int)Math.Clamp(room, 0, _guest.Path.LongestPayload);
        }
    }

    private void BeginGuest(MonoTime now, in TPath path)
    {
        bool isReplaced = _hasGuest;
        bool isStuck = now < _stuckUntil && _hasHome;
        _guest = new Place { Path = path, Mark = ++_lastMark, IsFirst = !HasPath };
        _guestProbeAt = isStuck ? MonoTime.Forever : now.Plus(ProbeDelay);
        _hasGuest = true;
        if (isReplaced && _hasHome)
        {
            // Who copies may do so from ever new addresses: what was begun to find out about home goes on.
            return;
        }

        // What home is sent from now on is told apart from what it was sent before the guest came.
        _home.Mark = ++_lastMark;
        _homeHeardAt = MonoTime.Never;
        _homeProbes = 0;
        _homeProbeAt = isStuck ? now : now.Plus(Patience);
        _isAtGuest = !isStuck;
    }

    private void Judge(MonoTime now, bool isNew, bool isHomeHeard)
    {
        if (isHomeHeard)
        {
            _homeHeardAt = now;
            _homeProbes = 0;
            _homeProbeAt = MonoTime.Forever;
            _isAtGuest = false;
        }
        else if (_isAtGuest && HasGuest && _homeProbes == HomeProbes && now.Since(_homeProbedAt) >= Heartbeat)
        {
            _homeProbes--;
            _homeProbeAt = now;
        }
        else if (!_isAtGuest && _homeProbes == 0 && _homeProbeAt == MonoTime.Forever && !IsHomeHeard(now))
        {
            _homeProbeAt = now;
        }

        if (!isNew && now >= _stuckUntil && now.Since(_guestProbedAt) >= (_isAtGuest ? Patience : Math.Max(Patience, EchoHolds)))
            _guestProbeAt = MonoTime.Min(_guestProbeAt, now.Plus(ProbeDelay));
    }

    private bool IsHomeHeard(MonoTime now) => now.Since(_homeHeardAt) < EchoHolds;

    private void BecomeHome()
    {
        _home = _guest;
        (_hasHome, _hasGuest, _isAtGuest) = (true, false, false);
    }

    private PathChange Moved(MonoTime now, in TPath before)
    {
        TPath after = Current;
        if (after.IsSamePeer(before))
            return PathChange.None;
        if (!_flaps.IsFlap(now, before.Network, after.Network))
            return PathChange.Moved;
        if (!_hasHome || now < _stuckUntil || !_flaps.IsTooMuch(now))
            return PathChange.Moved | PathChange.Flap;

        _flaps.Forgive();
        _stuckUntil = now.Plus(StuckTime);
        PathChange change = PathChange.Moved | PathChange.Flap | PathChange.Stuck;
        if (_isAtGuest)
        {
            _isAtGuest = false;
            _guestProbeAt = MonoTime.Forever;
            _homeProbes = 0;
            _homeProbeAt = now;
        }

        return Current.IsSamePeer(before) ? PathChange.Flap | PathChange.Stuck : change;
    }

    private void Receive(int length)
    {
        int bytes = length + _guest.Path.HeaderLength;
        _guest.Received += bytes;
        _guest.Newer++;
        if (!_guest.IsFirst)
            UnvalidatedReceived += bytes;
    }

    private void OnGuestProbed(MonoTime now)
    {
        _guestProbeAt = MonoTime.Forever;
        _guestProbedAt = now;
    }

    private void SpendOnGuest(int length)
    {
        int bytes = length + _guest.Path.HeaderLength;
        _guest.Sent += bytes;
        _guest.DatagramsSent++;
        if (!_guest.IsFirst)
            UnvalidatedSent += bytes;
    }

    private struct Place
    {
        public TPath Path;
        public ulong Mark;
        public long Received;
        public long Sent;
        public int Newer;
        public int DatagramsSent;
        public bool MayHaveScreen;
        public bool IsFirst;
    }
}
