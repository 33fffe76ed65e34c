using System.Diagnostics;

namespace MoshBroker.Protocol.StateSync;

/// <summary>The states sent and not yet known to be superseded, in order of their numbers; the first is the newest that the peer acknowledged.</summary>
/// <typeparam name="TState">The kind of state.</typeparam>
internal sealed class SentStates<TState>
    where TState : class, ISyncState<TState>
{
    /// <summary>On exceeding this, one in the middle goes: an ack of it will be ignored, and the next one works.</summary>
    public const int Limit = 32;

    private const int DroppedFromEnd = 16;

    private Entry[] _entries = new Entry[4];

    public SentStates(ulong number, TState state, MonoTime sentAt) => Append(number, state, sentAt);

    public int Count { get; private set; }

    public ref Entry First => ref _entries[0];

    public ref Entry Last => ref _entries[Count - 1];

    public ref Entry this[int index] => ref _entries[index];

    public void Append(ulong number, TState state, MonoTime sentAt, bool isAside = false)
    {
        Debug.Assert(Count == 0 || number > Last.Number, "Numbers only grow.");
        if (Count == _entries.Length)
            Array.Resize(ref _entries, Math.Min(2 * Count, Limit + 1));
        _entries[Count++] = new Entry { Number = number, State = state, SentAt = sentAt, IsAside = isAside };
        if (Count > Limit)
            RemoveAt(Count - DroppedFromEnd);
    }

    /// <summary>Drops all below an acknowledged number; false, and nothing is dropped, when exactly that number is not here.</summary>
    public bool TryAcknowledge(ulong number)
    {
        int index = Count - 1;
        while (index >= 0 && _entries[index].Number != number)
            index--;
        if (index <= 0)
            return index == 0;

        for (int i = 0; i < index; i++)
            _entries[i].State.Release();
        Array.Copy(_entries, index, _entries, 0, Count - index);
        Array.Clear(_entries, Count - index, index);
        Count -= index;
        return true;
    }

    public void ReleaseAll()
    {
        for (int i = 0; i < Count; i++)
            _entries[i].State.Release();
        Array.Clear(_entries);
        Count = 0;
    }

    private void RemoveAt(int index)
    {
        _entries[index].State.Release();
        Array.Copy(_entries, index + 1, _entries, index, Count - index - 1);
        _entries[--Count] = default;
    }

    public struct Entry
    {
        public ulong Number;
        public TState State;
        public MonoTime SentAt;

        /// <summary>Sent where the peer need not be: it is not taken to have arrived until it is acknowledged.</summary>
        public bool IsAside;
    }
}
