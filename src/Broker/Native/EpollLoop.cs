using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using MoshBroker.Actors;
using MoshBroker.Protocol;

namespace MoshBroker.Native;

/// <summary>A dispatcher that is a thread with an epoll instance: it runs its actors' turns and watches their descriptors.</summary>
/// <remarks>
/// Level-triggered, so a handler that takes a bounded batch and leaves the rest is called again after everybody else. The clock is
/// read once per round, after the wait.
/// </remarks>
internal sealed class EpollLoop : IDispatcher, IDisposable
{
    private const int EventsPerRound = 128;
    private const long FarMs = 1000;
    private const long FarGrainMs = 50;

    // A wait that ends sooner found events that were there before it.
    private static readonly TimeSpan Immediate = TimeSpan.FromMicroseconds(20);

    private readonly FileDescriptor _epoll = EpollNative.CreateEpoll();
    private readonly FileDescriptor _wake = EpollNative.CreateEvent();
    private readonly ConcurrentQueue<IScheduled> _ready = new();
    private readonly TimerHeap _timers = new();
    private readonly MonoClock _clock;
    private readonly Thread _thread;
    private readonly Action<TimeSpan>? _waited;
    private long _readySince;

    // Slot and generation of a watch are its epoll data: an event that was already fetched for a descriptor that a handler
    // before it in the same round closed must not reach the slot's next owner.
    private Watch?[] _watches = new Watch?[64];
    private readonly Stack<int> _freeSlots = new();
    private int _watchCount = 1; // Slot 0 is the wake-up event.
    private uint _generation;

    private MonoTime _now; // Of the present round.
    private int _wakePending;
    private volatile bool _stopping;

    /// <param name="waited">Told for each turn how long, at most, the work had been there when it was begun.</param>
    public EpollLoop(MonoClock clock, string name, Action<TimeSpan>? waited = null)
    {
        _clock = clock;
        _waited = waited;
        EpollEvent wake = new() { Events = EpollNative.In, Data = 0 };
        if (EpollNative.Control(_epoll, EpollNative.Add, _wake, ref wake) != 0) { throw Errno.Exception("epoll_ctl"); }
        _thread = new Thread(RunLoop) { Name = name, IsBackground = true };
    }

    /// <summary>Watches the calls of this thread that a hostile descriptor could block.</summary>
    public CallGuard Guard { get; } = new();

    public void Start() => _thread.Start();

    public void Schedule(IScheduled actor)
    {
        _ready.Enqueue(actor);
        Wake();
    }

    public void Arm(ActorTimer timer, MonoTime due)
    {
        // Heartbeats and time limits, seconds away, may be a little late: idle sessions then share their wake-ups.
        if (due < MonoTime.Forever && due.Since(_now) >= FarMs) { due = new MonoTime((due.Milliseconds + FarGrainMs - 1) / FarGrainMs * FarGrainMs); }
        _timers.Arm(timer, due);
    }

    /// <summary>Begins to watch; on the loop's thread.</summary>
    public Watch Add(FileDescriptor fd, uint events, IReadyHandler handler)
    {
        if (!_freeSlots.TryPop(out int slot))
        {
            slot = _watchCount++;
            if (slot == _watches.Length) { Array.Resize(ref _watches, slot * 2); }
        }

        Watch watch = new(fd, handler, slot, ++_generation) { Events = events };
        EpollEvent what = new() { Events = events, Data = watch.Data };
        if (EpollNative.Control(_epoll, EpollNative.Add, fd, ref what) != 0)
        {
            _freeSlots.Push(slot);
            throw Errno.Exception("epoll_ctl");
        }

        _watches[slot] = watch;
        return watch;
    }

    /// <summary>Changes what is waited for; on the loop's thread.</summary>
    public void Change(Watch watch, uint events)
    {
        if (watch.Events == events) { return; }
        watch.Events = events;
        EpollEvent what = new() { Events = events, Data = watch.Data };
        if (EpollNative.Control(_epoll, EpollNative.Modify, watch.Descriptor, ref what) != 0) { throw Errno.Exception("epoll_ctl"); }
    }

    /// <summary>Ends a watch, before its descriptor is closed: epoll goes on reporting a descriptor that has a twin in another process.</summary>
    public void Remove(Watch watch)
    {
        if (_watches[watch.Slot] != watch) { return; }
        EpollEvent ignored = default;
        _ = EpollNative.Control(_epoll, EpollNative.Delete, watch.Descriptor, ref ignored);
        _watches[watch.Slot] = null;
        _freeSlots.Push(watch.Slot);
    }

    public void Dispose()
    {
        _stopping = true;
        Wake();
        if (_thread.IsAlive && Thread.CurrentThread != _thread) { _thread.Join(); }
        _epoll.Dispose();
        _wake.Dispose();
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _wakePending, 1) == 0) { _ = EpollNative.Signal(_wake, 1); }
    }

    private unsafe void RunLoop()
    {
        Guard.Attach();
        EpollEvent* events = (EpollEvent*)NativeMemory.Alloc(EventsPerRound, (nuint)sizeof(EpollEvent));
        try
        {
            long roundBegan = Stopwatch.GetTimestamp();
            while (!_stopping)
            {
                long asked = Stopwatch.GetTimestamp();
                int count = EpollNative.Wait(_epoll, events, EventsPerRound, WaitMs());
                long answered = Stopwatch.GetTimestamp();
                _readySince = Stopwatch.GetElapsedTime(asked, answered) < Immediate ? roundBegan : answered;
                roundBegan = answered;
                MonoTime now = _now = _clock.Now();
                for (int i = 0; i < count; i++)
                {
                    ulong data = events[i].Data;
                    if (data == 0) { RunReady(now); }
                    else if (_watches[(int)(data & uint.MaxValue)] is { } watch && watch.Data == data) { Handle(now, watch.Handler, events[i].Events); }
                }

                // One that is due again at once has its next turn in the next round, after everybody else.
                for (int left = _timers.Count; left > 0 && _timers.TryTake(now, out ActorTimer timer); left--) { timer.Actor.OnTimer(now); }
            }
        }
        finally
        {
            NativeMemory.Free(events);
        }
    }

    private void Handle(MonoTime now, IReadyHandler handler, uint events)
    {
        _waited?.Invoke(Stopwatch.GetElapsedTime(_readySince));
        try
        {
            handler.OnReady(now, events);
        }
        catch (Exception failure)
        {
            // An exception that left this thread would end every session of the process.
            handler.OnFault(failure);
        }
    }

    private void RunReady(MonoTime now)
    {
        _ = EpollNative.Clear(_wake, out _);
        Volatile.Write(ref _wakePending, 0);
        // What is scheduled from here on wakes the loop again: descriptors and timers have their turn in between.
        for (int left = _ready.Count; left > 0 && _ready.TryDequeue(out IScheduled? actor); left--)
        {
            _waited?.Invoke(Stopwatch.GetElapsedTime(_readySince));
            actor.Run(now);
        }
    }

    private int WaitMs()
    {
        MonoTime next = _timers.Next;
        return next >= MonoTime.Forever ? -1 : (int)Math.Clamp(next.Since(_clock.Now()), 0, int.MaxValue);
    }

    /// <summary>One watched descriptor.</summary>
    internal sealed class Watch(FileDescriptor descriptor, IReadyHandler handler, int slot, uint generation)
    {
        public FileDescriptor Descriptor { get; } = descriptor;

        public IReadyHandler Handler { get; } = handler;

        public int Slot { get; } = slot;

        public ulong Data { get; } = ((ulong)generation << 32) | (uint)slot;

        public uint Events { get; set; }
    }
}
