using MoshBroker.Protocol;

namespace MoshBroker.Actors;

/// <summary>State that one dispatcher's thread alone touches, and a mailbox as its only door from other threads.</summary>
/// <remarks>
/// A turn is a message, a due timer, or readiness of a descriptor that the actor owns. A turn that throws stops this actor only:
/// <see cref="OnStop"/> runs, the supervisor is told, and what still arrives is dropped.
/// </remarks>
internal abstract class Actor<TMessage> : IScheduled
{
    private const int MessagesPerTurn = 64; // Then others have their turn.

    private readonly Mailbox<TMessage> _mailbox = new();
    private readonly ISupervisor _supervisor;
    private readonly ActorTimer _timer;
    private int _scheduled;

    protected Actor(IDispatcher dispatcher, ISupervisor supervisor)
    {
        Dispatcher = dispatcher;
        _supervisor = supervisor;
        _timer = new ActorTimer(this);
    }

    protected IDispatcher Dispatcher { get; }

    /// <summary>True once the actor has stopped: nothing runs in it any more.</summary>
    protected bool Stopped { get; private set; }

    /// <summary>Posts a message. From any thread.</summary>
    public void Tell(TMessage message)
    {
        _mailbox.Post(message);
        if (Interlocked.Exchange(ref _scheduled, 1) == 0) { Dispatcher.Schedule(this); }
    }

    public void Run(MonoTime now)
    {
        Volatile.Write(ref _scheduled, 0);
        if (Stopped)
        {
            while (_mailbox.TryTake(out TMessage late)) { Discard(late); }
            return;
        }

        try
        {
            for (int i = 0; i < MessagesPerTurn && !Stopped && _mailbox.TryTake(out TMessage message); i++) { Receive(now, message); }
            EndTurn(now);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }

        if (!_mailbox.IsEmpty && Interlocked.Exchange(ref _scheduled, 1) == 0) { Dispatcher.Schedule(this); }
    }

    public void OnTimer(MonoTime now)
    {
        if (Stopped) { return; }
        try
        {
            Timeout(now);
            EndTurn(now);
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }

    /// <summary>Takes one message.</summary>
    protected abstract void Receive(MonoTime now, TMessage message);

    /// <summary>Does what is due by now.</summary>
    protected abstract void Timeout(MonoTime now);

    /// <summary>Drains what the turn brought about, and says when to be woken next.</summary>
    protected abstract MonoTime Flush(MonoTime now);

    /// <summary>Lets go of everything the actor owns; runs once.</summary>
    protected abstract void OnStop();

    /// <summary>Lets go of what a message owns that came too late.</summary>
    protected abstract void Discard(TMessage message);

    /// <summary>Ends a turn that a descriptor's readiness began.</summary>
    protected void EndTurn(MonoTime now)
    {
        if (Stopped) { return; }
        MonoTime next = Flush(now);
        if (!Stopped) { Dispatcher.Arm(_timer, next); }
    }

    protected void Stop()
    {
        if (Stopped) { return; }
        Stopped = true;
        Dispatcher.Arm(_timer, MonoTime.Forever);
        OnStop();
    }

    protected void Fail(Exception failure)
    {
        try
        {
            Stop();
        }
        catch (Exception another)
        {
            // Whoever called has other actors to run: nothing may come out of here.
            failure = new AggregateException(failure, another);
        }

        _supervisor.OnFailure(this, failure);
    }
}
