using System.Diagnostics;

namespace MoshBroker.Native;

/// <summary>Marks calls of one thread that may block though they should not, so that the <see cref="Watchdog"/> can interrupt them.</summary>
/// <remarks>
/// A user who keeps a copy of a descriptor that he gave us can clear O_NONBLOCK on it at any time; the next read or write of ours then
/// blocks in the kernel, with everybody else on that thread. A signal ends the call with EINTR, and <see cref="Leave"/> says so.
/// </remarks>
internal sealed class CallGuard
{
    private int _thread;
    private long _since; // Stopwatch ticks; 0 while no guarded call is under way.
    private bool _interrupted;
    private long _calls;
    private Watchdog? _watchdog;

    /// <summary>How many guarded calls there were.</summary>
    public long Calls => Volatile.Read(ref _calls);

    /// <summary>True while a guarded call is under way.</summary>
    public bool IsInCall => Volatile.Read(ref _since) != 0;

    public void WatchedBy(Watchdog watchdog) => Volatile.Write(ref _watchdog, watchdog);

    /// <summary>Called once, on the thread to be guarded.</summary>
    public void Attach() => Volatile.Write(ref _thread, SignalNative.CurrentThread());

    public void Enter()
    {
        _calls++;
        // A full fence: the watchdog, on its way to sleep, sees this call, or this thread sees that it sleeps.
        Interlocked.Exchange(ref _since, Stopwatch.GetTimestamp());
        _watchdog?.Stir();
    }

    /// <summary>True when the call had to be interrupted: its descriptor is not to be trusted again.</summary>
    public bool Leave()
    {
        Volatile.Write(ref _since, 0);
        if (!Volatile.Read(ref _interrupted)) { return false; }
        Volatile.Write(ref _interrupted, false);
        return true;
    }

    /// <summary>Interrupts a call that has taken too long. From the watchdog's thread, again and again until it has ended.</summary>
    public void Check(TimeSpan limit)
    {
        long since = Volatile.Read(ref _since);
        if (since == 0 || Stopwatch.GetElapsedTime(since) < limit) { return; }
        Volatile.Write(ref _interrupted, true);
        SignalNative.Interrupt(Volatile.Read(ref _thread));
        // The call may have ended between the reading and the mark: a later call must not answer for it.
        if (Volatile.Read(ref _since) != since) { Volatile.Write(ref _interrupted, false); }
    }
}
