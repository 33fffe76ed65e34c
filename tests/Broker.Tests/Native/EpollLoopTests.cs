using System.Collections.Concurrent;
using MoshBroker.Actors;
using MoshBroker.Native;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Broker.Tests.Native;

/// <summary>The real loop, its thread and its descriptors: one owner's fault or greed is nobody else's.</summary>
public sealed class EpollLoopTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly EpollLoop _loop = new(new MonoClock(TimeProvider.System), "test");

    public EpollLoopTests() => _loop.Start();

    public void Dispose() => _loop.Dispose();

    [Fact]
    public void A_handler_that_throws_is_told_so_and_the_loop_goes_on()
    {
        using FileDescriptor first = EpollNative.CreateEvent();
        using FileDescriptor second = EpollNative.CreateEvent();
        BlockingCollection<string> told = [];
        EpollLoop.Watch? watch = null;
        Handler throwing = new(() => throw new InvalidOperationException("a bug"), failure =>
        {
            _loop.Remove(watch!);
            told.Add(failure.Message);
        });
        Handler sound = new(() =>
        {
            _ = EpollNative.Clear(second, out _);
            told.Add("sound");
        });
        RunOnLoop(() =>
        {
            watch = _loop.Add(first, EpollNative.In, throwing);
            _loop.Add(second, EpollNative.In, sound);
        });
        _ = EpollNative.Signal(first, 1);
        Assert.Equal("a bug", Take(told));
        _ = EpollNative.Signal(second, 1);
        Assert.Equal("sound", Take(told));
    }

    [Fact]
    public void A_timer_that_is_always_due_lets_the_others_have_their_turns()
    {
        Spinner spinner = new(_loop);
        RunOnLoop(spinner.Arm);
        using ManualResetEventSlim done = new();
        RunOnLoop(done.Set);
        Assert.True(done.Wait(Patience), "a turn beside the spinning timer");
        Assert.True(SpinWait.SpinUntil(() => spinner.Turns > 100, Patience));
        RunOnLoop(() => spinner.Stop = true);
    }

    [Fact]
    public void A_blocked_call_of_the_thread_is_interrupted_by_the_watchdog()
    {
        using Watchdog watchdog = new([_loop.Guard]);
        using FileDescriptor blocking = MakeBlockingEvent();
        bool interrupted = false;
        int errno = 0;
        RunOnLoop(() =>
        {
            // An event that nobody signals, read without O_NONBLOCK: the call would never return.
            _loop.Guard.Enter();
            int result = EpollNative.Clear(blocking, out _);
            errno = result < 0 ? Errno.Last : 0;
            interrupted = _loop.Guard.Leave();
        });
        Assert.True(interrupted);
        Assert.Equal(Errno.Interrupted, errno);
    }

    private static FileDescriptor MakeBlockingEvent()
    {
        FileDescriptor made = EpollNative.CreateEvent();
        TestFlags.ClearNonBlocking(made);
        return made;
    }

    private static string Take(BlockingCollection<string> told) =>
        told.TryTake(out string? what, Patience) ? what : throw new TimeoutException("nothing was told");

    private void RunOnLoop(Action action)
    {
        using ManualResetEventSlim done = new();
        _loop.Schedule(new Once(() =>
        {
            action();
            done.Set();
        }));
        Assert.True(done.Wait(Patience), "the loop runs what it is given");
    }

    private sealed class Once(Action action) : IScheduled
    {
        public void Run(MonoTime now) => action();

        public void OnTimer(MonoTime now)
        {
        }
    }

    private sealed class Handler(Action ready, Action<Exception>? fault = null) : IReadyHandler
    {
        public void OnReady(MonoTime now, uint events) => ready();

        public void OnFault(Exception failure) => fault?.Invoke(failure);
    }

    private sealed class Spinner : IScheduled
    {
        private readonly EpollLoop _loop;
        private readonly ActorTimer _timer;
        private int _turns;

        public Spinner(EpollLoop loop)
        {
            _loop = loop;
            _timer = new ActorTimer(this);
        }

        public bool Stop { get; set; }

        public int Turns => Volatile.Read(ref _turns);

        public void Arm() => _loop.Arm(_timer, new MonoTime(0));

        public void Run(MonoTime now)
        {
        }

        public void OnTimer(MonoTime now)
        {
            _turns++;
            if (!Stop) { Arm(); }
        }
    }
}
