namespace MoshBroker.Cluster.Tests.Simulation;

/// <content>What goes wrong, and when.</content>
internal sealed partial class SimWorld
{
    private readonly Dictionary<string, int> _side = new(StringComparer.Ordinal);
    private double _loss;
    private long _chaosEnd;
    private bool _isStoreDown;
    private bool _hasPartition;
    private bool _storeGoesBack;

    private bool IsCut(string a, string b) => _hasPartition && _side.GetValueOrDefault(a) != _side.GetValueOrDefault(b);

    private bool ReachesStore(SimNode node) => !_isStoreDown && !(_hasPartition && _side.GetValueOrDefault(node.Name) != 0) && !node.IsDead;

    private void Plan()
    {
        int nodes = 1 + Chance(4);
        _loss = Chance(3) == 0 ? 0 : Chance(20) / 100.0;
        _chaosEnd = 30_000 + Chance(60_000);

        // A store that goes back while the network is whole: a copy is put in place by somebody who looks.
        _storeGoesBack = Chance(3) == 0;
        for (int i = 0; i < nodes; i++)
            Start($"n{i}", null);
        int sessions = 2 + Chance(3);
        for (int i = 0; i < sessions; i++)
            PlanSession($"s{i}", 2000 + Chance(i == 0 ? 1 : 12_000));
        for (long at = 1000; at < _chaosEnd; at += 1000)
            At(at, _store.Copy);
        int faults = 1 + Chance(6);
        for (int i = 0; i < faults; i++)
            At(6000 + Chance((int)_chaosEnd - 6000), Fault);
    }

    private void PlanSession(string id, long at) => At(at, () =>
    {
        if (AnyReadyNode() is not { } node)
            return;
        SimSession session = new(this, id, isLocal: Chance(4) == 0);
        _sessions.Add(session);
        node.Create(session);
    });

    private void Start(string name, SimNode? predecessor)
    {
        SimNode node = new(this, _terms, name, (predecessor?.Incarnation ?? 0) + 1, predecessor);
        Tell($"{node} starts");
        _nodes.Add(node);
    }

    private SimNode? AnyNode()
    {
        SimNode[] living = [.. _nodes.Where(node => !node.IsDead)];
        return living.Length == 0 ? null : living[Chance(living.Length)];
    }

    private void Fault()
    {
        if (IsHealing)
            return;
        switch (Chance(8))
        {
            case 0 when AnyNode() is { } node:
                Kill(node, 500 + Chance(20_000));
                break;
            case 1 when AnyNode() is { } node:
                Tell($"{node} is stopped");
                node.PausedUntil = Now + 2000 + Chance(33_000);
                break;
            case 2 when AnyNode() is { } node:
                Tell($"{node} is drained");
                node.StartDrain(3000 + Chance(10_000));
                At(Now + 20_000, () => Restart(node));
                break;
            case 3:
                Tell("the store goes down");
                _isStoreDown = true;
                long outage = 1000 + Chance(Chance(4) == 0 ? 140_000 : 20_000);
                bool isRestart = Chance(2) == 0;
                At(Now + outage, () =>
                {
                    Tell($"the store is back{(isRestart ? ", restarted" : "")}");
                    _isStoreDown = false;
                    if (isRestart)
                        _store.Restart();
                });
                break;
            case 4 or 5 when !_storeGoesBack:
                Cut();
                break;
            case 4 or 5 when !_isStoreDown:
                GoBack();
                break;
            case 6 when _nodes.Count < 8:
                Start($"n{_nodes.Select(node => node.Name).Distinct(StringComparer.Ordinal).Count()}", null);
                break;
            case 7:
                double before = _loss;
                _loss = 0.3 + (Chance(50) / 100.0);
                At(Now + 2000 + Chance(8000), () => _loss = IsHealing ? 0 : before);
                break;
        }
    }

    /// <summary>In the end there is a process for each name.</summary>
    public void OnGone(SimNode node)
    {
        if (IsHealing)
            At(Now + 1000, () => Restart(node));
    }

    private void Kill(SimNode node, long restartAfter)
    {
        Tell($"{node} is killed");
        node.Crash();
        At(Now + restartAfter, () => Restart(node));
    }

    private void Restart(SimNode node)
    {
        if (node.IsDead && _nodes.FindLast(other => other.Name == node.Name) == node)
            Start(node.Name, node);
    }

    private void Cut()
    {
        _hasPartition = true;
        foreach (SimNode node in _nodes)
            _side[node.Name] = Chance(3);
        Tell($"the network is cut: {string.Join(' ', _side)}");
        At(Now + 1000 + Chance(40_000), () =>
        {
            Tell("the network is whole");
            _hasPartition = false;
        });
    }

    private void GoBack()
    {
        Tell("the store goes back");
        _store.GoBack(2 + Chance(20));
        _isStoreDown = true;
        foreach (SimNode node in _nodes)
            Deliver(node, Chance(50), node.OnStoreBroken);
        At(Now + 1500 + Chance(4000), () => _isStoreDown = false);
    }

    private void Heal()
    {
        Tell("all is well again");
        IsHealing = true;
        _isStoreDown = false;
        _hasPartition = false;
        _loss = 0;
        foreach (SimNode node in _nodes.ToArray())
            Restart(node);
    }
}
