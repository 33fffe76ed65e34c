using MoshBroker.Protocol;

namespace MoshBroker.Actors;

/// <summary>Runs actors' turns, one at a time, on a thread of its own; an actor belongs to one dispatcher for life.</summary>
internal interface IDispatcher
{
    /// <summary>Runs the actor's turn soon. From any thread.</summary>
    void Schedule(IScheduled actor);

    /// <summary>Sets or moves a timer; <see cref="MonoTime.Forever"/> stops it. From the dispatcher's own thread.</summary>
    void Arm(ActorTimer timer, MonoTime due);
}
