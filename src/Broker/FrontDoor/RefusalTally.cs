using MoshBroker.Actors;
using MoshBroker.Audit;
using MoshBroker.Native;
using MoshBroker.Protocol;

namespace MoshBroker.FrontDoor;

/// <summary>Tells of those who are refused before anybody knows who they are: each reason from each source at once, and after a while how many more there were.</summary>
/// <remarks>On the reception's thread. Whoever knocks a thousand times must not write a thousand lines.</remarks>
internal sealed class RefusalTally : IScheduled
{
    private const int MaxKinds = 1024; // Beyond so many at one time, sources are counted as one.

    private readonly long _quietMs;
    private readonly EpollLoop _loop;
    private readonly IAuditTrail _audit;
    private readonly FrontDoorLog _log;
    private readonly ActorTimer _timer;
    private readonly Dictionary<(UInt128 Source, string Reason), Kind> _kinds = [];

    public RefusalTally(EpollLoop loop, TimeSpan quiet, IAuditTrail audit, FrontDoorLog log)
    {
        (_loop, _quietMs, _audit, _log) = (loop, (long)quiet.TotalMilliseconds, audit, log);
        _timer = new ActorTimer(this);
    }

    /// <param name="method">How he tried to prove himself; empty when it did not come to that.</param>
    /// <param name="reason">One of a small, fixed set of words.</param>
    public void Add(MonoTime now, Arrival arrival, string method, string reason)
    {
        (UInt128 Source, string Reason) key = (_kinds.Count < MaxKinds ? arrival.Source : 0, reason);
        if (_kinds.TryGetValue(key, out Kind? kind))
        {
            kind.More++;
            return;
        }

        _kinds[key] = new Kind(key.Source == 0 ? null : arrival.Client.Address.ToString(), method, now.Plus(_quietMs));
        if (_kinds.Count == 1) { _loop.Arm(_timer, now.Plus(_quietMs)); }
        if (method.Length > 0) { _log.Failed(arrival.Client.ToString(), arrival.Id, method, reason); }
        else { _log.TurnedAway(arrival.Client.ToString(), arrival.Id, reason); }
        Write(_kinds[key], reason, 1);
    }

    public void Run(MonoTime now)
    {
        // Nothing is ever scheduled but the timer.
    }

    public void OnTimer(MonoTime now)
    {
        foreach (((UInt128 _, string Reason) key, Kind kind) in _kinds.ToArray())
        {
            if (now < kind.Due) { continue; }
            _kinds.Remove(key);
            if (kind.More == 0) { continue; }
            _log.MoreRefused(kind.More, kind.Client ?? "many sources", key.Reason);
            Write(kind, key.Reason, kind.More);
        }

        _loop.Arm(_timer, _kinds.Count == 0 ? MonoTime.Forever : _kinds.Values.Min(kind => kind.Due));
    }

    private void Write(Kind kind, string reason, int count)
    {
        Dictionary<string, string> more = new(StringComparer.Ordinal);
        if (kind.Method.Length > 0) { more["moshbroker.ssh.method"] = kind.Method; }
        if (count > 1) { more["moshbroker.count"] = count.ToString(System.Globalization.CultureInfo.InvariantCulture); }
        _audit.Write(new AuditEvent(AuditEventName.Deny) { ClientAddress = kind.Client, Reason = reason, More = more });
    }

    private sealed class Kind(string? client, string method, MonoTime due)
    {
        public string? Client => client;

        public string Method => method;

        public MonoTime Due => due;

        /// <summary>Not told yet.</summary>
        public int More { get; set; }
    }
}
