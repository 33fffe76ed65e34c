using MoshBroker.Protocol;

namespace MoshBroker.Cluster.Coordination;

/// <summary>Says for each instant whether this node may send and write, and whether it may claim what another left: self-fencing by its own clock.</summary>
/// <remarks>
/// <para>Stepped by hand, with the time of a clock that goes on while the machine sleeps (CLOCK_BOOTTIME). Drain <see cref="TryTakeRenewal"/>,
/// <see cref="TryTakeReconcile"/> and <see cref="TryTakeQuestion"/> after each step and at <see cref="NextTimeout"/>; tell it what came of them.</para>
/// <para>There is one permission, and it has an end. A renewal moves the end to one term after it was <em>sent</em>. When the store is lost, each member that
/// says that it does not reach the store either has thereby promised to claim nothing for one term from then on, since who lost the store claims nothing until he
/// has reached it for a whole term: while <em>every</em> member keeps saying so, the permission is prolonged, up to the grace. A silent member may be the one who
/// reaches the store, so its silence is no promise. What has ended is not prolonged by anybody but the store.</para>
/// <para>A store that was restored from a copy may have forgotten that somebody took over what was this node's. So a permission that had ended begins anew at
/// once only if the store is the same instance as before; else after a term, in which whoever holds a session says so.</para>
/// <para>Members are those whom the store named in the last renewal. Who joins later is bound by <see cref="ClaimRule"/>.</para>
/// </remarks>
internal sealed class NodeLease(MonoTime start, LeaseTerms terms)
{
    private readonly Dictionary<string, MonoTime> _promises = new(StringComparer.Ordinal);
    private MonoTime _renewAt = start;
    private MonoTime _askAt = MonoTime.Forever;
    private MonoTime _reconcileAt = MonoTime.Forever;
    private MonoTime _outstanding = MonoTime.Never;
    private MonoTime _renewed = MonoTime.Never;
    private MonoTime _contactSince = MonoTime.Forever;
    private MonoTime _permittedUntil = MonoTime.Never;
    private string _store = "";
    private string? _permittedBy;
    private bool _hasEnded = true;
    private bool _isReconciled;
    private bool _drewAnew;
    private bool _isSuperseded;

    /// <summary>Rises each time that the permission begins anew after it had ended: what was confirmed in an earlier turn must be confirmed again.</summary>
    public long Turn { get; private set; }

    /// <summary>Rises each time that the store is found again.</summary>
    public long Contact { get; private set; }

    /// <summary>The instance of the store that last gave a permission; null before the first.</summary>
    public string? PermittedBy => _permittedBy;

    /// <summary>When to look again if nothing happens before.</summary>
    public MonoTime NextTimeout
    {
        get
        {
            if (_isSuperseded)
                return MonoTime.Forever;
            MonoTime next = _outstanding == MonoTime.Never ? _renewAt : _outstanding.Plus(terms.AnswerTime);
            next = MonoTime.Min(next, MonoTime.Min(_askAt, _reconcileAt));
            return _hasEnded ? next : MonoTime.Min(next, _permittedUntil);
        }
    }

    /// <summary>True when this node may send datagrams and write to programs at this instant. To be asked at each of them.</summary>
    public bool MaySend(MonoTime now) => !_isSuperseded && now < _permittedUntil;

    /// <summary>The same for one session: the store must have confirmed since the permission began that it is this node's.</summary>
    public bool MaySend(MonoTime now, Tenure tenure) => MaySend(now) && !_hasEnded && tenure.Turn == Turn;

    /// <summary>What a peer is told that asks whether this node reaches the store. False is a promise: see <see cref="MayClaim"/>.</summary>
    public bool ReachesStore => _contactSince != MonoTime.Forever;

    /// <summary>
    /// True when the store may be asked for what a dead node left: only after a whole term in which it was always reached, so that a node that went on while
    /// nobody reached it had the time to be silent or to renew.
    /// </summary>
    public bool MayClaim(MonoTime now) =>
        MaySend(now) && _isReconciled && ReachesStore && now >= TrustedAt;

    /// <summary>
    /// True when the store may be asked for what the process before on this machine left, which is surely dead: at once, unless the store is not the instance that
    /// gave that process its permission, and may have forgotten who took over since.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="permittedBy">Of that process: <see cref="PermittedBy"/>, as it left it.</param>
    public bool MayTakeOver(MonoTime now, string? permittedBy) =>
        MayClaim(now) || (MaySend(now) && _isReconciled && ReachesStore && permittedBy == _store);

    public LeasePhase PhaseAt(MonoTime now)
    {
        if (_isSuperseded)
            return LeasePhase.Superseded;
        if (_renewed == MonoTime.Never)
            return LeasePhase.Starting;
        if (now >= _permittedUntil)
            return LeasePhase.CutOff;
        if (ReachesStore)
            return LeasePhase.Held;
        return now < LeaseEnd ? LeasePhase.Doubtful : LeasePhase.StoreOutage;
    }

    public void OnTimeout(MonoTime now) => Advance(now);

    /// <summary>True when a renewal is to be sent now; its answer names <paramref name="sentAt"/>.</summary>
    public bool TryTakeRenewal(MonoTime now, out MonoTime sentAt)
    {
        Advance(now);
        sentAt = now;
        if (_isSuperseded || _outstanding != MonoTime.Never || now < _renewAt)
            return false;
        _outstanding = now;
        _renewAt = now.Plus(terms.Renewal);
        return true;
    }

    /// <summary>
    /// True when the store was found again: it may have gone back in time, so all sessions that this node holds are to be asserted there with their epochs, before
    /// the permission is prolonged. The answer names <paramref name="contact"/>.
    /// </summary>
    /// <param name="now">The present.</param>
    /// <param name="contact">To be named with the answer.</param>
    /// <param name="drawsAnew">
    /// True when new epochs are to be drawn for them instead, and their input is to go through the gate: the permission had ended, and the store may have forgotten
    /// who went on with them meanwhile, in a later epoch than this node's, which the clients have seen.
    /// </param>
    public bool TryTakeReconcile(MonoTime now, out long contact, out bool drawsAnew)
    {
        contact = Contact;
        drawsAnew = !IsStoreTrusted;
        if (now < _reconcileAt || _isSuperseded)
            return false;
        _drewAnew = drawsAnew;
        _reconcileAt = MonoTime.Forever;
        return true;
    }

    /// <summary>True when all members are to be asked whether they reach the store; their answers name <paramref name="askedAt"/>.</summary>
    public bool TryTakeQuestion(MonoTime now, out MonoTime askedAt)
    {
        Advance(now);
        askedAt = now;
        if (now < _askAt || _isSuperseded)
            return false;
        _askAt = now.Plus(terms.Retry);
        return true;
    }

    /// <summary>Whom to ask: the other nodes, as the store named them last.</summary>
    public IReadOnlyCollection<string> Members => _promises.Keys;

    /// <summary>The store has renewed the lease.</summary>
    /// <param name="now">The present.</param>
    /// <param name="sentAt">Of the renewal.</param>
    /// <param name="store">
    /// Which instance of the store answered: another one after any restart, fail-over or restoration, in any of which it may have gone back in time.
    /// </param>
    /// <param name="members">The other nodes: all whose leases had not ended at this renewal.</param>
    public void OnRenewed(MonoTime now, MonoTime sentAt, string store, IEnumerable<string> members)
    {
        Advance(now);
        if (_outstanding == sentAt)
            _outstanding = MonoTime.Never;
        if (_isSuperseded || sentAt < _renewed)
            return;

        // A lease that ended before, as in a process that was stopped for a while, is a new one to the others, whether the loss was noticed here or not.
        bool isUnbroken = ReachesStore && now < LeaseEnd && store == _store;
        _renewed = sentAt;
        _promises.Clear();
        foreach (string member in members)
            _promises[member] = MonoTime.Never;
        if (!isUnbroken)
        {
            // With the store back, the lease is the bound again: whoever the store knows may count on its end.
            _permittedUntil = MonoTime.Min(_permittedUntil, LeaseEnd);
            _contactSince = now;
            _isReconciled = false;
            _askAt = MonoTime.Forever;
            _store = store;
            _reconcileAt = IsStoreTrusted ? now : TrustedAt;
            Contact++;
        }
        else if (_isReconciled)
        {
            Prolong(now, LeaseEnd);
        }
    }

    /// <summary>The store knows of all sessions that this node holds: the permission goes on, or begins anew in a new turn.</summary>
    /// <returns>True when it does; the sessions that the store confirmed are to be given the present <see cref="Turn"/>.</returns>
    public bool OnReconciled(MonoTime now, long contact)
    {
        Advance(now);
        if (contact != Contact || !ReachesStore || _isSuperseded || now >= LeaseEnd)
            return false;
        if (!IsStoreTrusted && !_drewAnew)
        {
            // It ended while the store was told: what was asserted must be drawn anew.
            _reconcileAt = TrustedAt;
            return false;
        }

        _isReconciled = true;
        _permittedBy = _store;
        if (_hasEnded)
        {
            Turn++;
            _hasEnded = false;
        }

        Prolong(now, LeaseEnd);
        return true;
    }

    /// <summary>The sessions could not be asserted; the store itself may be well.</summary>
    public void OnReconcileFailed(MonoTime now, long contact)
    {
        if (contact == Contact && ReachesStore)
            _reconcileAt = MonoTime.Max(now.Plus(terms.Retry), IsStoreTrusted ? now : TrustedAt);
    }

    /// <summary>A renewal failed.</summary>
    public void OnRenewalFailed(MonoTime now, MonoTime sentAt)
    {
        if (_outstanding == sentAt)
            OnStoreLost(now);
    }

    /// <summary>The store is not reached: a renewal failed, or the connection broke.</summary>
    public void OnStoreLost(MonoTime now)
    {
        _outstanding = MonoTime.Never;
        _renewAt = now.Plus(terms.Retry);
        _reconcileAt = MonoTime.Forever;
        _isReconciled = false;
        if (ReachesStore)
            _askAt = now;
        _contactSince = MonoTime.Forever;
        Advance(now);
        ProlongByPromises(now);
    }

    /// <summary>The store says that another process holds this node's name.</summary>
    public void OnSuperseded() => _isSuperseded = true;

    /// <summary>A member says whether it reaches the store.</summary>
    public void OnPeerAnswer(MonoTime now, MonoTime askedAt, string peer, bool reachesStore)
    {
        Advance(now);
        if (ReachesStore || !_promises.TryGetValue(peer, out MonoTime promise))
            return;
        if (reachesStore)
        {
            // The outage is not the store's: nobody's promise counts any more.
            _promises[peer] = MonoTime.Never;
            _permittedUntil = MonoTime.Min(_permittedUntil, MonoTime.Max(LeaseEnd, now));
            return;
        }

        _promises[peer] = MonoTime.Max(promise, askedAt.Plus(terms.Term - terms.Guard));
        ProlongByPromises(now);
    }

    private bool IsStoreTrusted => !_hasEnded || _permittedBy is null || _permittedBy == _store;

    private MonoTime TrustedAt => _contactSince.Plus(terms.Term + terms.Guard);

    private MonoTime LeaseEnd => _renewed.Plus(terms.Term - terms.Guard);

    private void Advance(MonoTime now)
    {
        if (now >= _permittedUntil)
            _hasEnded = true;
        if (_outstanding != MonoTime.Never && now.Since(_outstanding) >= terms.AnswerTime)
            OnStoreLost(now);
    }

    private void ProlongByPromises(MonoTime now)
    {
        if (ReachesStore || _renewed == MonoTime.Never)
            return;
        MonoTime until = _renewed.Plus(terms.StoreGrace);
        foreach (MonoTime promise in _promises.Values)
            until = MonoTime.Min(until, promise);
        Prolong(now, until);
    }

    private void Prolong(MonoTime now, MonoTime until)
    {
        if (_hasEnded || until <= now)
            return;
        _permittedUntil = MonoTime.Max(_permittedUntil, until);
    }
}
