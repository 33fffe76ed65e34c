using MoshBroker.Cluster.Coordination;

namespace MoshBroker.Cluster.Tests.Simulation;

/// <content>The sessions that the node runs, takes over and gives away.</content>
internal sealed partial class SimNode
{
    private const int Heartbeat = 3000;

    public void Create(SimSession session)
    {
        if (!_lease.MaySend(Now) || !_lease.ReachesStore || IsDraining || !_underWay.Add(session.Id))
            return;
        long turn = _lease.Turn;
        _world.Call(this, store => store.Create(this, session), (isAnswered, epoch) =>
        {
            _underWay.Remove(session.Id);
            if (!isAnswered)
                return;
            _held[session.Id] = new HeldSession(session, new Tenure(epoch, turn), 0, isGated: false);
            _routes.Learn(Now, session.Id, Name, epoch);
            session.Client = new SimClient(_world, session);
        });
    }

    /// <summary>From a client, or relayed by the node that it talks to.</summary>
    public void OnDatagram(Datagram datagram, long relayedEpoch)
    {
        if (_held.TryGetValue(datagram.SessionId, out HeldSession? held) && !held.IsStopped)
        {
            OnInput(held, datagram);
            return;
        }

        if (_routes.Relay(Now, datagram.SessionId, relayedEpoch) is { } route && _world.Find(route.Node) is { } owner)
            _world.Send(this, owner, () => owner.OnDatagram(datagram, route.Epoch));
    }

    private void OnInput(HeldSession held, Datagram datagram)
    {
        if (!May(held))
            return;
        held.Entry = datagram.Entry;
        if (held.IsGated)
        {
            bool hasHeardUs = datagram.Heard.Epoch == held.Tenure.Epoch;
            if (!hasHeardUs)
            {
                SendFrame(held);
                return;
            }
        }

        if (held.IsGated)
        {
            if (datagram.Known > held.Applied && _world.Mutation != Mutation.NoAdoption)
            {
                held.Session.InDoubt.Add((held.Applied, datagram.Known));
                held.Applied = datagram.Known;
            }

            held.IsGated = false;
        }

        if (datagram.Known > held.Applied && _world.Mutation != Mutation.NoAdoption)
            return;
        int from = held.Applied;
        if (datagram.Typed > from)
        {
            // The ack goes first, so that a loss of this node between the two loses a key rather than doubling it.
            held.Applied = datagram.Typed;
            SendFrame(held);
            for (int key = from; key < datagram.Typed; key++)
                held.Session.Apply(this, held.Tenure.Epoch, key);
        }

        SendFrame(held);
    }

    private bool May(HeldSession held) => !IsDead && (_world.Mutation == Mutation.PermissionUnchecked || _lease.MaySend(Now, held.Tenure));

    private void SendFrame(HeldSession held)
    {
        if (!May(held) || held.Session.Client is not { } client)
            return;
        long number = held.NextNumber++;
        held.SentAt = _world.Now;
        held.Session.OnSend(this, held.Tenure.Epoch, number);
        Frame frame = new(held.Tenure.Epoch, number, held.Applied, held.Session.Program.Keys);
        if (held.Entry is null || held.Entry == Name)
            _world.ToClient(() => client.OnFrame(frame));
        else if (_world.Find(held.Entry) is { } entry)
            _world.Send(this, entry, () => _world.ToClient(() => client.OnFrame(frame)));
    }

    /// <summary>Now and then: heartbeats, the store's copy of the screen, ends.</summary>
    private void Work()
    {
        _routes.Prune(Now);
        foreach (HeldSession held in _held.Values.ToArray())
        {
            if (held.IsStopped)
                continue;
            if (held.Session.HasEnded)
            {
                Drop(held);
                continue;
            }

            if (_world.Now - held.SentAt >= (held.IsGated ? Tick : Heartbeat))
                SendFrame(held);
            if (held.IsEnding)
                End(held, "drained");
            else if (held.Applied != held.DurableApplied && !held.IsGated && _world.Now - held.DurableAt >= 1000)
                Store(held);
        }
    }

    private void Store(HeldSession held)
    {
        if (!May(held) && _world.Mutation != Mutation.NoFence)
            return;
        held.DurableAt = _world.Now;
        int applied = held.Applied;
        long epoch = held.Tenure.Epoch;
        _world.Call(this, store => store.Store(this, held.Session.Id, epoch, applied), (isAnswered, isTaken) =>
        {
            if (isAnswered && isTaken == true)
                held.DurableApplied = applied;
            else if (isAnswered && isTaken == false && held.Tenure.Epoch == epoch && !held.IsStopped)
                Drop(held);
        });
    }

    private void End(HeldSession held, string reason)
    {
        if (!May(held) || !_underWay.Add(held.Session.Id))
            return;
        _world.Call(this, store => store.End(this, held.Session.Id, held.Tenure.Epoch, reason), (isAnswered, isTaken) =>
        {
            _underWay.Remove(held.Session.Id);
            if (isAnswered && isTaken is not null)
                Drop(held);
        });
    }

    private void Drop(HeldSession held)
    {
        if (_held.TryGetValue(held.Session.Id, out HeldSession? present) && present == held)
            _held.Remove(held.Session.Id);
        _drain?.OnGone(held.Session.Id);
    }

    private void Claim(SimSessionRow row)
    {
        string id = row.Session.Id;
        if (!_underWay.Add(id))
            return;
        _world.Call(this, store => store.Claim(this, id, row.Epoch), (isAnswered, claimed) =>
        {
            _underWay.Remove(id);
            if (!isAnswered || claimed is null)
                return;
            _routes.Learn(Now, id, Name, claimed.Epoch);

            // A row that was asserted by who knew of no screen any more says nothing of what was applied.
            HeldSession held = new(row.Session, new Tenure(claimed.Epoch, _lease.Turn), claimed.Applied, isGated: true) { IsEnding = row.Session.Program.IsLocal };
            _held[id] = held;
            if (held.IsEnding)
                End(held, "its node was lost");
            else
                SendFrame(held);
        });
    }

    private void HandOver(HeldSession held, string to)
    {
        string id = held.Session.Id;
        if (_world.Find(to) is not { } target || !May(held) || !_underWay.Add(id))
        {
            _drain!.OnMoveFailed(Now, id);
            return;
        }

        held.IsStopped = _world.Mutation != Mutation.HandOverWhileRunning;
        long epoch = held.Tenure.Epoch;
        (int Applied, bool IsGated, string? Entry) state = (held.Applied, held.IsGated, held.Entry);
        _world.Send(this, target, () => target.OnHandOver(this, held.Session, epoch, state));
        _world.Deliver(this, 2000, () => CheckHandOver(held, epoch));
    }

    /// <summary>Another node gives this one a session, and has stopped it.</summary>
    private void OnHandOver(SimNode from, SimSession session, long epoch, (int Applied, bool IsGated, string? Entry) state)
    {
        if (IsDraining || !_lease.MaySend(Now) || !_underWay.Add(session.Id))
            return;
        _world.Call(this, store => store.HandOver(from, this, session.Id, epoch), (isAnswered, taken) =>
        {
            _underWay.Remove(session.Id);
            if (!isAnswered || taken is null)
                return;
            _routes.Learn(Now, session.Id, Name, taken.Epoch);
            HeldSession held = new(session, new Tenure(taken.Epoch, _lease.Turn), state.Applied, state.IsGated) { Entry = state.Entry };
            _held[session.Id] = held;
            SendFrame(held);
            _world.Send(this, from, () => from.OnHandedOver(session.Id, epoch, Name, taken.Epoch));
        });
    }

    private void OnHandedOver(string id, long epoch, string to, long newEpoch)
    {
        _routes.Learn(Now, id, to, newEpoch);
        if (_held.TryGetValue(id, out HeldSession? held) && held.Tenure.Epoch == epoch)
        {
            _underWay.Remove(id);
            Drop(held);
        }
    }

    /// <summary>Nothing was heard of a hand-over: only the store knows whether it happened; it is taken back by a new epoch, which makes it impossible.</summary>
    private void CheckHandOver(HeldSession held, long epoch)
    {
        string id = held.Session.Id;
        if (!_held.TryGetValue(id, out HeldSession? present) || present != held || held.Tenure.Epoch != epoch)
            return;
        _world.Call(this, store => store.TakeBack(this, id, epoch), (isAnswered, row) =>
        {
            if (!isAnswered)
            {
                _world.Deliver(this, 700, () => CheckHandOver(held, epoch));
                return;
            }

            _underWay.Remove(id);
            if (row is null)
            {
                Drop(held);
                return;
            }

            held.Tenure = new Tenure(row.Epoch, held.Tenure.Turn);
            held.NextNumber = 1;
            held.IsStopped = false;
            _routes.Learn(Now, id, Name, row.Epoch);
            _drain?.OnMoveFailed(Now, id);
        });
    }
}
