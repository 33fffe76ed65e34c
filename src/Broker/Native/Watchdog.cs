namespace MoshBroker.Native;

/// <summary>A thread that interrupts guarded calls which block. It sleeps while nobody makes any: an idle broker is not woken for it.</summary>
internal sealed class Watchdog : IDisposable
{
    // Everybody on the thread waits this long, once, for a hostile descriptor; then its session has ended.
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(20);

    private const int QuietRoundsBeforeSleep = 5; // Going to sleep and being woken costs as much as a few rounds.

    private readonly CallGuard[] _guards;
    private readonly AutoResetEvent _stirred = new(initialState: false);
    private readonly Thread _thread;
    private int _asleep;
    private volatile bool _stopping;

    public Watchdog(IEnumerable<CallGuard> guards)
    {
        _guards = [.. guards];
        SignalNative.Install();
        foreach (CallGuard guard in _guards) { guard.WatchedBy(this); }
        _thread = new Thread(Watch) { Name = "watchdog", IsBackground = true };
        _thread.Start();
    }

    /// <summary>True while nobody makes guarded calls, and none is under way.</summary>
    public bool IsAsleep => Volatile.Read(ref _asleep) != 0;

    /// <summary>A guarded call begins; from any thread. One read of memory, except for the first call after a pause.</summary>
    public void Stir()
    {
        if (Volatile.Read(ref _asleep) != 0 && Interlocked.Exchange(ref _asleep, 0) != 0) { _stirred.Set(); }
    }

    public void Dispose()
    {
        _stopping = true;
        _stirred.Set();
        _thread.Join();
        _stirred.Dispose();
    }

    private void Watch()
    {
        long seen = 0;
        int quietRounds = 0;
        while (!_stopping)
        {
            long calls = 0;
            foreach (CallGuard guard in _guards)
            {
                guard.Check(Limit);
                calls += guard.Calls;
            }

            // A call that began before this round and still blocks counts as activity, too.
            bool isQuiet = calls == seen && !Array.Exists(_guards, guard => guard.IsInCall);
            seen = calls;
            quietRounds = isQuiet ? quietRounds + 1 : 0;
            if (quietRounds < QuietRoundsBeforeSleep) { _stirred.WaitOne(Limit); }
            else { Sleep(); }
        }
    }

    private void Sleep()
    {
        Interlocked.Exchange(ref _asleep, 1);
        // Who began a call before he could see that we sleep must be seen here; both sides write first, then read.
        if (_stopping || Array.Exists(_guards, guard => guard.IsInCall)) { Volatile.Write(ref _asleep, 0); }
        else { _stirred.WaitOne(); }
    }
}
