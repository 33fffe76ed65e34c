using MoshBroker.Cluster.Coordination;
using MoshBroker.Protocol;

namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>One process of a broker: the product's decisions (lease, claims, placement, drain, routes) on a simulated network.</summary>
internal sealed partial class SimNode
{
    private const int Tick = 250;

    private readonly SimWorld _world;
    private readonly LeaseTerms _terms;
    private readonly double _rate;
    private readonly long _offset;
    private readonly NodeLease _lease;
    private readonly ClaimPlan _claims;
    private readonly RoutingTable _routes;
    private readonly Dictionary<string, HeldSession> _held = new(StringComparer.Ordinal);
    private readonly HashSet<string> _underWay = new(StringComparer.Ordinal);
    private IReadOnlyList<NodeLoad> _nodes = [];
    private DrainPlan? _drain;
    private LeasePhase _phase;
    private long _wakeAt = long.MaxValue;

    public SimNode(SimWorld world, LeaseTerms terms, string name, int incarnation, SimNode? predecessor)
    {
        _world = world;
        _terms = terms;
        Name = name;
        Incarnation = incarnation;
        Predecessor = predecessor;
        _rate = 1 + ((world.Chance(4001) - 2000) / 100_000.0);
        _offset = world.Chance(1_000_000);
        _lease = new NodeLease(Now, terms);
        _claims = new ClaimPlan(name, terms);
        _routes = new RoutingTable(name, terms);
        world.Deliver(this, 0, OnTick);
    }

    public string Name { get; }

    public int Incarnation { get; }

    /// <summary>The process before, of the same name and machine, which is surely dead.</summary>
    public SimNode? Predecessor { get; }

    public bool IsDead { get; private set; }

    public long PausedUntil { get; set; }

    public bool HasSessions => _held.Count > 0;

    public bool IsDraining => _drain is not null;

    /// <summary>As the balancer's health check sees it.</summary>
    public bool IsReady => !IsDead && PausedUntil <= _world.Now && _lease.MaySend(Now);

    private MonoTime Now => new(_offset + (long)(_world.Now * _rate));

    public override string ToString() => $"{Name}.{Incarnation}";

    public void Crash()
    {
        _world.Tell($"{this} is gone");
        IsDead = true;
        _world.OnGone(this);
    }

    public void StartDrain(long limit)
    {
        _drain ??= new DrainPlan(Now, limit, _held.Values.Select(held => new DrainItem(held.Session.Id, null, !held.Session.Program.IsLocal)));
        Step();
    }

    /// <summary>The connection to the store broke.</summary>
    public void OnStoreBroken()
    {
        _lease.OnStoreLost(Now);
        Step();
    }

    /// <summary>Another node asks whether this one reaches the store.</summary>
    public void OnQuestion(SimNode from, MonoTime askedAt)
    {
        _lease.OnTimeout(Now);
        bool reaches = _lease.ReachesStore;
        _world.Send(this, from, () => from.OnAnswer(askedAt, Name, reaches));
        Step();
    }

    private void OnAnswer(MonoTime askedAt, string peer, bool reachesStore)
    {
        _lease.OnPeerAnswer(Now, askedAt, peer, reachesStore);
        if (_world.Mutation == Mutation.GraceDespiteSilence && !reachesStore)
        {
            foreach (string member in _lease.Members.ToArray())
                _lease.OnPeerAnswer(Now, askedAt, member, reachesStore: false);
        }

        Step();
    }

    private void OnTick()
    {
        Tell();
        Work();
        Step();
        _world.Deliver(this, Tick, OnTick);
    }

    /// <summary>Drains what the lease wants done, and sleeps until it wants more.</summary>
    private void Step()
    {
        if (IsDead)
            return;
        _lease.OnTimeout(Now);
        if (_lease.TryTakeRenewal(Now, out MonoTime sentAt))
            Renew(sentAt);
        if (_lease.TryTakeReconcile(Now, out long contact, out bool drawsAnew))
            Reconcile(contact, drawsAnew);
        if (_lease.TryTakeQuestion(Now, out MonoTime askedAt))
            Ask(askedAt);
        Drain();

        long next = (long)((_lease.NextTimeout.Milliseconds - _offset) / _rate) + 1;
        next = Math.Max(next, _world.Now + 1);
        if (next < _wakeAt || _wakeAt <= _world.Now)
        {
            _wakeAt = next;
            if (next < long.MaxValue / 8)
            {
                _world.Deliver(this, next - _world.Now, () =>
                {
                    _wakeAt = long.MaxValue;
                    Step();
                });
            }
        }
    }

    private void Renew(MonoTime sentAt)
    {
        _world.Call(this, store => (Store: store.Instance, Members: store.Renew(this, IsDraining)), (isAnswered, answer) =>
        {
            if (!isAnswered)
                _lease.OnRenewalFailed(Now, sentAt);
            else if (answer.Members is null)
                _lease.OnSuperseded();
            else
                _lease.OnRenewed(Now, sentAt, answer.Store, answer.Members);
            if (isAnswered)
                Read();
            Tell();
            Step();
        });
    }

    private void Tell()
    {
        LeasePhase phase = _lease.PhaseAt(Now);
        if (phase == _phase)
            return;
        _phase = phase;
        _world.Tell($"{this} is {phase}, turn {_lease.Turn}");
    }

    private void Ask(MonoTime askedAt)
    {
        foreach (string member in _lease.Members.ToArray())
        {
            if (_world.Mutation == Mutation.GraceWithoutAsking)
                _lease.OnPeerAnswer(Now, askedAt, member, reachesStore: false);
            else if (_world.Find(member) is { } peer)
                _world.Send(this, peer, () => peer.OnQuestion(this, askedAt));
        }
    }

    private void Reconcile(long contact, bool drawsAnew)
    {
        List<(SimSession, long, int)> held = [.. _held.Values.Select(held => (held.Session, held.Tenure.Epoch, held.DurableApplied))];
        if (_world.Mutation == Mutation.NoReconcile)
        {
            if (_lease.OnReconciled(Now, contact))
                Confirm(held.Select(item => item.Item1.Id));
            return;
        }

        if (drawsAnew)
        {
            foreach (HeldSession item in _held.Values)
                item.IsStopped = true;
            _world.Call(this, store => store.DrawAnew(this, held), (isAnswered, drawn) => OnDrawnAnew(contact, isAnswered ? drawn : null));
            return;
        }

        _world.Call(this, store => store.Assert(this, held), (isAnswered, confirmed) =>
        {
            if (!isAnswered || confirmed is null)
            {
                _lease.OnReconcileFailed(Now, contact);
            }
            else if (_lease.OnReconciled(Now, contact))
            {
                Confirm(confirmed.Where(item => item.Value).Select(item => item.Key));
                foreach ((string id, bool isMine) in confirmed)
                {
                    if (!isMine)
                        _held.Remove(id);
                }
            }

            Step();
        });
    }

    private void OnDrawnAnew(long contact, IReadOnlyDictionary<string, long>? drawn)
    {
        if (drawn is null)
        {
            _lease.OnReconcileFailed(Now, contact);
        }
        else if (_lease.OnReconciled(Now, contact))
        {
            // What others did with them meanwhile, each client knows; what the store does not give back is another's.
            foreach (HeldSession held in _held.Values.ToArray())
            {
                _held.Remove(held.Session.Id);
                if (drawn.TryGetValue(held.Session.Id, out long epoch))
                    _held[held.Session.Id] = new HeldSession(held.Session, new Tenure(epoch, _lease.Turn), held.Applied, isGated: true) { Entry = held.Entry };
                else
                    _drain?.OnGone(held.Session.Id);
            }
        }

        Step();
    }

    private void Confirm(IEnumerable<string> ids)
    {
        foreach (string id in ids)
        {
            if (_held.TryGetValue(id, out HeldSession? held))
                held.Tenure = held.Tenure with { Turn = _lease.Turn };
        }
    }

    /// <summary>Learns from the store's rows whose each session is, and claims what is left over.</summary>
    private void Read() => _world.Call(this, store => store.Read(), (isAnswered, answer) =>
    {
        if (!isAnswered)
            return;
        _nodes = answer.Nodes;
        _drain?.OnLoadsRead();
        List<Orphan> orphans = [];
        foreach ((SimSessionRow row, bool isOrphan) in answer.Sessions)
        {
            if (row.EndReason is not null)
            {
                _routes.Forget(row.Session.Id);
                continue;
            }

            _routes.Learn(Now, row.Session.Id, row.Owner.Name, row.Epoch);
            bool isLeftToMe = row.Owner == this || row.Owner == Predecessor;
            if (isLeftToMe && !_held.ContainsKey(row.Session.Id) && (MayClaim || (Predecessor is not null && _lease.MayTakeOver(Now, Predecessor._lease.PermittedBy))))
                Claim(row);
            else if (isOrphan && !isLeftToMe)
                orphans.Add(new Orphan(row.Session.Id, null, row.Epoch, !row.Session.Program.IsLocal));
        }

        if (MayClaim && !IsDraining)
        {
            foreach (Orphan orphan in _claims.Due(Now, orphans, _nodes))
                Claim(answer.Sessions.First(item => item.Row.Session.Id == orphan.SessionId).Row);
        }

        Step();
    });

    private bool MayClaim => _world.Mutation == Mutation.ClaimsAtOnce ? _lease.MaySend(Now) : _lease.MayClaim(Now);

    private void Drain()
    {
        if (_drain is null)
            return;
        List<NodeLoad> others = [.. _nodes.Where(node => node.Name != Name)];
        while (_lease.MaySend(Now) && _drain.Next(Now, others) is { } step)
        {
            if (!_held.TryGetValue(step.SessionId, out HeldSession? held))
                _drain.OnGone(step.SessionId);
            else if (step.To is null)
                held.IsEnding = true;
            else
                HandOver(held, step.To);
        }

        if (_drain.IsDone && _held.Count == 0 && _underWay.Count == 0)
        {
            _world.Call(this, store => { store.Leave(this); return true; }, (_, _) => Crash());
        }
    }
}
