using System.Collections.Concurrent;
using MoshBroker.Actors;
using MoshBroker.Protocol;

namespace MoshBroker.Native;

/// <summary>Every child that we start, until it is reaped; by pidfd, so that no signal handler and no waiting thread is needed.</summary>
internal sealed class Children : IDisposable
{
    private const int Terminate = 15;
    private const int HangUp = 1;

    private readonly EpollLoop _loop;
    private readonly ConcurrentDictionary<int, Child> _children = new();
    private readonly Lock _reaping = new(); // Between the reaping of a number and its removal it may be somebody else's.

    public Children(MonoClock clock)
    {
        _loop = new EpollLoop(clock, "children");
        _loop.Start();
    }

    /// <summary>True once another process goes on with what they do: nothing is asked of them any more.</summary>
    public bool AreLeft { get; set; }

    /// <summary>How many live, or have not been reaped yet.</summary>
    public int Count => _children.Count;

    /// <summary>Takes over a child that has just been started.</summary>
    /// <param name="onExit">Called once with waitpid's status, on this class's thread: must not block, must not throw.</param>
    public void Add(int pid, Action<int> onExit)
    {
        FileDescriptor process = SpawnNative.OpenProcess(pid, 0);
        if (process.IsInvalid) { throw Errno.Exception("pidfd_open"); }
        Child child = new(this, pid, process, onExit);
        _children[pid] = child;
        _loop.Schedule(child);
    }

    /// <summary>Takes over a process that an earlier broker started, and whose status is nobody's to have; false when it is gone.</summary>
    /// <param name="startedAt">As <see cref="ProcessNative.StartOf"/> said then.</param>
    /// <param name="onExit">As for <see cref="Add"/>.</param>
    public bool TryAdopt(int pid, ulong startedAt, Action onExit)
    {
        FileDescriptor process = SpawnNative.OpenProcess(pid, 0);
        // In this order: what is open is not another one of that number later.
        if (process.IsInvalid || startedAt == 0 || ProcessNative.StartOf(pid) != startedAt)
        {
            process.Dispose();
            return false;
        }

        Child child = new(this, pid, process, _ => onExit());
        _children[pid] = child;
        _loop.Schedule(child);
        return true;
    }

    /// <summary>True for a child of ours that has not been reaped: its number is nobody else's.</summary>
    public bool IsOurs(int pid) => _children.ContainsKey(pid);

    /// <summary>Asks a child to end; nothing when it has been reaped already.</summary>
    public void End(int pid) => Signal(pid, Terminate);

    /// <summary>The child's terminal is gone, or its window changed: SIGHUP, SIGWINCH.</summary>
    public void Signal(int pid, int signal)
    {
        lock (_reaping)
        {
            if (!AreLeft && _children.TryGetValue(pid, out Child? child)) { child.Signal(signal); }
        }
    }

    public void Dispose()
    {
        foreach (int pid in _children.Keys)
        {
            Signal(pid, HangUp);
            Signal(pid, Terminate);
        }

        // Those that are slow to go are reaped by init.
        if (!AreLeft) { SpinWait.SpinUntil(() => _children.IsEmpty, TimeSpan.FromSeconds(2)); }
        _loop.Dispose();
    }

    private sealed class Child(Children all, int pid, FileDescriptor process, Action<int> onExit) : IScheduled, IReadyHandler
    {
        private EpollLoop.Watch? _watch;

        public unsafe void Signal(int signal) => _ = SpawnNative.SignalProcess(process, signal, null, 0);

        public void Run(MonoTime now) => _watch = all._loop.Add(process, EpollNative.In, this);

        public void OnTimer(MonoTime now)
        {
            // None is armed.
        }

        public void OnFault(Exception failure)
        {
            // Nothing in there throws; were it otherwise, the child would be reaped by init, after us.
        }

        public unsafe void OnReady(MonoTime now, uint events)
        {
            int status = 0;
            lock (all._reaping)
            {
                // One that was adopted is not ours to wait for: that it can be read from says that it has ended.
                if (SpawnNative.Wait(pid, &status, SpawnNative.NoHang) == 0) { return; }
                all._children.TryRemove(pid, out _);
            }

            all._loop.Remove(_watch!);
            process.Dispose();
            onExit(status);
        }
    }
}
