using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace MoshBroker.Cluster;

/// <summary>Tells each change to everybody who watches. Whoever is too slow is told to read everything again.</summary>
internal sealed class ChangeFanOut
{
    /// <summary>A claim of a thousand sessions fits.</summary>
    private const int MaxWaiting = 4096;

    private ImmutableList<Watcher> _watchers = [];

    public void Tell(StoreChange change)
    {
        foreach (Watcher watcher in Volatile.Read(ref _watchers))
        {
            if (!watcher.Waiting.Writer.TryWrite(change)) { watcher.HasMissed = true; }
        }
    }

    public async IAsyncEnumerable<StoreChange> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Watcher watcher = new();
        ImmutableInterlocked.Update(ref _watchers, static (watchers, added) => watchers.Add(added), watcher);
        try
        {
            yield return new StoreChange.Resync();
            while (true)
            {
                StoreChange change = await watcher.Waiting.Reader.ReadAsync(cancellationToken);
                if (watcher.HasMissed)
                {
                    watcher.HasMissed = false;
                    yield return new StoreChange.Resync();
                }

                yield return change;
            }
        }
        finally
        {
            ImmutableInterlocked.Update(ref _watchers, static (watchers, removed) => watchers.Remove(removed), watcher);
        }
    }

    private sealed class Watcher
    {
        private volatile bool _hasMissed;

        public Channel<StoreChange> Waiting { get; } = Channel.CreateBounded<StoreChange>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

        public bool HasMissed
        {
            get => _hasMissed;
            set => _hasMissed = value;
        }
    }
}
