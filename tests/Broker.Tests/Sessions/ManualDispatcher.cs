using MoshBroker.Actors;
using MoshBroker.Protocol;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>A dispatcher without a thread: the test runs turns and moves the time.</summary>
internal sealed class ManualDispatcher : IDispatcher
{
    private readonly Queue<IScheduled> _ready = new();
    private readonly TimerHeap _timers = new();

    public MonoTime Now { get; private set; } = new(1_000_000);

    public void Schedule(IScheduled actor) => _ready.Enqueue(actor);

    public void Arm(ActorTimer timer, MonoTime due) => _timers.Arm(timer, due);

    /// <summary>Runs what is ready now, timers included.</summary>
    public void Run()
    {
        while (true)
        {
            if (_ready.TryDequeue(out IScheduled? actor)) { actor.Run(Now); }
            else if (_timers.Count > 0 && _timers.TryTake(Now, out ActorTimer timer)) { timer.Actor.OnTimer(Now); }
            else { return; }
        }
    }

    /// <summary>Lets time pass, from one timer to the next; <paramref name="step"/> runs at every stop.</summary>
    public void Advance(long milliseconds, Action? step = null, long everyMs = 5)
    {
        MonoTime end = Now.Plus(milliseconds);
        while (Now < end)
        {
            Run();
            step?.Invoke();
            MonoTime next = MonoTime.Min(_timers.Next, Now.Plus(everyMs)); // Clients that the test steps by itself have timers of their own.
            Now = MonoTime.Min(end, MonoTime.Max(next, Now.Plus(1)));
        }

        Run();
        step?.Invoke();
    }
}
