using MoshBroker.Protocol.Wire;

namespace MoshBroker.Protocol.StateSync;

/// <summary>The peer's states that are held here, in order of their numbers, and the rules by which one joins them.</summary>
/// <typeparam name="TState">The kind of state.</typeparam>
internal sealed class StateReceiver<TState>
    where TState : class, ISyncState<TState>
{
    // A peer that never lets go of its states must not fill our memory: above this many, one is taken per quench time.
    private const int FloodLimit = 1024;
    private const long QuenchTime = 15_000;

    private Entry[] _held = new Entry[4];
    private int _count;
    private MonoTime _quenchedUntil = MonoTime.Never;

    public StateReceiver(ulong number, TState state) => Insert(0, number, state);

    public int Count => _count;

    public ulong NewestNumber => _held[_count - 1].Number;

    public TState Newest => _held[_count - 1].State;

    public ulong NumberAt(int index) => _held[index].Number;

    public TState StateAt(int index) => _held[index].State;

    /// <summary>Adds a state above all others as it was held by an earlier incarnation.</summary>
    public void Restore(ulong number, TState state) => Insert(_count, number, state);

    public ReceiveOutcome Receive(MonoTime now, in InstructionView instruction)
    {
        int place = Find(instruction.NewNum, out bool isHeld);
        if (isHeld)
            return ReceiveOutcome.Ignored;
        int source = Find(instruction.OldNum, out bool isSourceHeld);
        if (!isSourceHeld)
            return ReceiveOutcome.Ignored;
        if (instruction.ThrowawayNum > NewestNumber)
            return ReceiveOutcome.ThrowawayBeyondHeld;
        if (instruction.NewNum < instruction.OldNum || instruction.ThrowawayNum > instruction.OldNum)
            return ReceiveOutcome.Malformed;
        if (!_held[source].State.IsWellFormed(instruction.Diff))
            return ReceiveOutcome.Malformed;

        int thrown = ThrowAway(instruction.ThrowawayNum);
        place -= thrown;
        source -= thrown;
        if (_count > FloodLimit)
        {
            if (now < _quenchedUntil)
                return ReceiveOutcome.Ignored;
            _quenchedUntil = now.Plus(QuenchTime);
        }

        TState state = _held[source].State.Snapshot();
        if (!instruction.Diff.IsEmpty && !state.TryApply(instruction.Diff))
        {
            state.Release();
            return ReceiveOutcome.InvalidDiff;
        }

        if (!state.CanFollow(_held[place - 1].State) || (place < _count && !_held[place].State.CanFollow(state)))
        {
            state.Release();
            return ReceiveOutcome.NotExtending;
        }

        bool isNewest = place == _count;
        Insert(place, instruction.NewNum, state);
        return isNewest ? ReceiveOutcome.Newest : ReceiveOutcome.KeptBelowNewest;
    }

    public void ReleaseAll()
    {
        for (int i = 0; i < _count; i++)
            _held[i].State.Release();
        Array.Clear(_held);
        _count = 0;
    }

    /// <summary>The index of a number, or where it belongs.</summary>
    private int Find(ulong number, out bool isHeld)
    {
        // Nearly always one of the last few.
        int index = _count;
        if (_count > 8 && number < _held[_count - 8].Number)
        {
            int low = 0;
            index = _count - 8;
            while (low < index)
            {
                int middle = (low + index) / 2;
                if (_held[middle].Number < number)
                    low = middle + 1;
                else
                    index = middle;
            }
        }
        else
        {
            while (index > 0 && _held[index - 1].Number >= number)
                index--;
        }

        isHeld = index < _count && _held[index].Number == number;
        return index;
    }

    private int ThrowAway(ulong below)
    {
        int count = 0;
        while (count < _count && _held[count].Number < below)
            count++;
        if (count == 0)
            return 0;

        for (int i = 0; i < count; i++)
            _held[i].State.Release();
        Array.Copy(_held, count, _held, 0, _count - count);
        Array.Clear(_held, _count - count, count);
        _count -= count;
        Newest.ForgetBefore(_held[0].State);
        return count;
    }

    private void Insert(int place, ulong number, TState state)
    {
        if (_count == _held.Length)
            Array.Resize(ref _held, 2 * _count);
        Array.Copy(_held, place, _held, place + 1, _count - place);
        _held[place] = new Entry(number, state);
        _count++;
    }

    private readonly record struct Entry(ulong Number, TState State);
}
