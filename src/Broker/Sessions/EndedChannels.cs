using MoshBroker.Protocol;

namespace MoshBroker.Sessions;

/// <summary>The tombstones of this node: bounded in number and age, the oldest goes first. From any thread.</summary>
/// <param name="limit">As many as there may be.</param>
/// <param name="onGivenUp">Told of each that goes, so that it is forgotten everywhere.</param>
internal sealed class EndedChannels(int limit, Action<EndedChannelName> onGivenUp) : IDisposable
{
    /// <summary>A laptop that was closed for the night, and its morning.</summary>
    public const long KeptMs = 26 * 60 * 60 * 1000L;

    private readonly Lock _lock = new();
    private readonly LinkedList<EndedChannel> _oldestFirst = new();

    public int Count
    {
        get { lock (_lock) { return _oldestFirst.Count; } }
    }

    /// <summary>Those that have a port of their own.</summary>
    public int PortsHeld
    {
        get { lock (_lock) { return _oldestFirst.Count(ended => ended.HoldsPort); } }
    }

    /// <summary>Datagrams that the kernel dropped on their sockets.</summary>
    public long KernelDrops
    {
        get { lock (_lock) { return _oldestFirst.Sum(ended => (long)ended.KernelDrops); } }
    }

    public void Add(EndedChannel ended)
    {
        lock (_lock) { _oldestFirst.AddLast(ended); }
        while (Count > limit && TryGiveUpOldest(static _ => true, out _))
        {
        }
    }

    /// <summary>Lets go of those that are too old.</summary>
    public void Expire(MonoTime now)
    {
        while (TryGiveUpOldest(ended => now.Since(ended.EndedAt) >= KeptMs, out _))
        {
        }
    }

    /// <summary>The oldest of those that fit gives its port up; false when none fits.</summary>
    /// <param name="fits">Asked for each.</param>
    /// <param name="given">Completes when the port is free.</param>
    public bool TryGiveUpOldest(Func<EndedChannel, bool> fits, out Task given)
    {
        given = Task.CompletedTask;
        EndedChannel? oldest = null;
        lock (_lock)
        {
            for (LinkedListNode<EndedChannel>? node = _oldestFirst.First; node is not null; node = node.Next)
            {
                if (!fits(node.Value)) { continue; }
                oldest = node.Value;
                _oldestFirst.Remove(node);
                break;
            }
        }

        if (oldest is null) { return false; }
        onGivenUp(oldest.Name);
        given = oldest.GiveUpAsync();
        return true;
    }

    /// <summary>All; no loop runs any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (EndedChannel ended in _oldestFirst) { ended.Dispose(); }
            _oldestFirst.Clear();
        }
    }
}
