using MoshBroker.Protocol;

namespace MoshBroker.Actors;

/// <summary>A binary heap of timers by due time: thousands are moved at every turn, and nothing is allocated for it.</summary>
internal sealed class TimerHeap
{
    private ActorTimer[] _heap = new ActorTimer[64];
    private int _count;

    public int Count => _count;

    /// <summary>When the earliest timer is due; <see cref="MonoTime.Forever"/> when there is none.</summary>
    public MonoTime Next => _count == 0 ? MonoTime.Forever : _heap[0].Due;

    public void Arm(ActorTimer timer, MonoTime due)
    {
        if (due >= MonoTime.Forever)
        {
            Disarm(timer);
            return;
        }

        bool earlier = due < timer.Due;
        timer.Due = due;
        if (timer.Index < 0)
        {
            if (_count == _heap.Length) { Array.Resize(ref _heap, _count * 2); }
            timer.Index = _count;
            _heap[_count++] = timer;
            Raise(timer);
        }
        else if (earlier) { Raise(timer); }
        else { Sink(timer); }
    }

    public void Disarm(ActorTimer timer)
    {
        int hole = timer.Index;
        timer.Due = MonoTime.Forever;
        if (hole < 0) { return; }
        timer.Index = -1;
        ActorTimer last = _heap[--_count];
        _heap[_count] = null!;
        if (last == timer) { return; }
        _heap[hole] = last;
        last.Index = hole;
        Raise(last);
        Sink(last);
    }

    /// <summary>Takes the earliest timer when it is due.</summary>
    public bool TryTake(MonoTime now, out ActorTimer timer)
    {
        timer = _heap[0];
        if (_count == 0 || timer.Due > now) { return false; }
        Disarm(timer);
        return true;
    }

    private void Raise(ActorTimer timer)
    {
        int at = timer.Index;
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (_heap[parent].Due <= timer.Due) { break; }
            Put(_heap[parent], at);
            at = parent;
        }

        Put(timer, at);
    }

    private void Sink(ActorTimer timer)
    {
        int at = timer.Index;
        while (true)
        {
            int child = (at * 2) + 1;
            if (child >= _count) { break; }
            if (child + 1 < _count && _heap[child + 1].Due < _heap[child].Due) { child++; }
            if (_heap[child].Due >= timer.Due) { break; }
            Put(_heap[child], at);
            at = child;
        }

        Put(timer, at);
    }

    private void Put(ActorTimer timer, int at)
    {
        _heap[at] = timer;
        timer.Index = at;
    }
}
