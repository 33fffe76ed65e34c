using MoshBroker.Actors;
using MoshBroker.Native;
using MoshBroker.Protocol;
using Xunit;

namespace MoshBroker.Broker.Tests.Native;

/// <summary>A real loop with its watchdog; actions run on its thread.</summary>
internal sealed class LoopThread : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Watchdog _watchdog;

    public LoopThread()
    {
        Loop.Start();
        _watchdog = new Watchdog([Loop.Guard]);
    }

    public EpollLoop Loop { get; } = new(new MonoClock(TimeProvider.System), "test");

    /// <summary>Runs the action on the loop's thread and waits for it.</summary>
    public void Run(Action<MonoTime> action)
    {
        using ManualResetEventSlim done = new();
        Exception? failure = null;
        Loop.Schedule(new Once(now =>
        {
            failure = Record.Exception(() => action(now));
            done.Set();
        }));
        Assert.True(done.Wait(Patience), "the loop runs what it is given");
        Assert.Null(failure);
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        Loop.Dispose();
    }

    private sealed class Once(Action<MonoTime> action) : IScheduled
    {
        public void Run(MonoTime now) => action(now);

        public void OnTimer(MonoTime now)
        {
        }
    }
}
