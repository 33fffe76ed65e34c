using MoshBroker.Cluster.Coordination;

namespace MoshBroker.Cluster.Tests.Simulation;

/// <summary>Nodes, store, network and clients in simulated time, with everything that happens decided by one seed.</summary>
internal sealed partial class SimWorld
{
    private const int SettleTime = 200_000;

    private readonly PriorityQueue<Action, (long At, long Order)> _events = new();
    private readonly Random _random;
    private readonly LeaseTerms _terms = new();
    private readonly SimStore _store;
    private readonly List<SimNode> _nodes = [];
    private readonly List<SimSession> _sessions = [];
    private long _order;

    public SimWorld(int seed, Mutation mutation)
    {
        _random = new Random(seed);
        Mutation = mutation;
        _store = new SimStore(this, _terms);
    }

    public Mutation Mutation { get; }

    /// <summary>True time, in ms; no node knows it.</summary>
    public long Now { get; private set; }

    /// <summary>All faults are over, and nobody types any more.</summary>
    public bool IsHealing { get; private set; }

    public IReadOnlyList<SimSession> Sessions => _sessions;

    public int EventsRun { get; private set; }

    /// <summary>What happened, for who plays a seed again; null when nobody does.</summary>
    public List<string>? Story { get; init; }

    public void Tell(string what) => Story?.Add($"{Now,7} {what}");

    /// <summary>0 to <paramref name="bound"/> - 1.</summary>
    public int Chance(int bound) => _random.Next(bound);

    public bool IsLost() => _random.NextDouble() < _loss;

    public int NetworkDelay() => 2 + _random.Next(_random.Next(20) == 0 ? 400 : 40);

    public void At(long time, Action action) => _events.Enqueue(action, (time, _order++));

    /// <summary>Something happens to a process: not if it is dead by then, and later if it is stopped.</summary>
    public void Deliver(SimNode node, long delay, Action action) => At(Now + delay, () => Arrive(node, action));

    /// <summary>From node to node.</summary>
    public void Send(SimNode from, SimNode to, Action action)
    {
        if (from.IsDead || IsLost() || IsCut(from.Name, to.Name))
            return;
        long delay = NetworkDelay();
        At(Now + delay, () =>
        {
            if (!IsCut(from.Name, to.Name))
                Arrive(to, action);
        });
    }

    public void ToClient(Action action)
    {
        if (!IsLost())
            At(Now + NetworkDelay(), action);
    }

    /// <summary>
    /// Runs a transaction in the store, and tells the node what came of it; without an answer it never knows whether the transaction happened, or is yet to happen.
    /// </summary>
    public void Call<T>(SimNode node, Func<SimStore, T> transaction, Action<bool, T> done)
    {
        bool isOver = false;
        long answerTime = _terms.AnswerTime;
        Deliver(node, answerTime, () =>
        {
            if (isOver)
                return;
            isOver = true;
            done(false, default!);
        });
        if (!ReachesStore(node))
            return;
        At(Now + NetworkDelay(), () =>
        {
            if (!ReachesStore(node))
                return;
            T answer = transaction(_store);
            At(Now + NetworkDelay(), () =>
            {
                if (!ReachesStore(node))
                    return;
                Arrive(node, () =>
                {
                    if (isOver)
                        return;
                    isOver = true;
                    done(true, answer);
                });
            });
        });
    }

    /// <summary>The present process of a name.</summary>
    public SimNode? Find(string name) => _nodes.FindLast(node => node.Name == name && !node.IsDead);

    public SimNode? AnyReadyNode()
    {
        SimNode[] ready = [.. _nodes.Where(node => node.IsReady && !node.IsDraining)];
        return ready.Length == 0 ? null : ready[Chance(ready.Length)];
    }

    /// <summary>Plays the schedule of faults, then lets everything settle, and checks the end.</summary>
    public void Run()
    {
        Plan();
        long healAt = _chaosEnd;
        At(healAt, Heal);
        long last = healAt + SettleTime;
        long nextCheck = healAt + 5000;
        while (_events.TryDequeue(out Action? action, out (long At, long Order) when) && when.At <= last)
        {
            Now = when.At;
            EventsRun++;
            action();
            if (Now >= nextCheck)
            {
                nextCheck = Now + 2000;
                if (_sessions.TrueForAll(session => session.IsSettled))
                    break;
            }
        }

        foreach (SimSession session in _sessions)
            session.CheckSettled();
    }

    private void Arrive(SimNode node, Action action)
    {
        if (node.IsDead)
            return;
        if (node.PausedUntil > Now)
            At(node.PausedUntil, () => Arrive(node, action));
        else
            action();
    }
}
