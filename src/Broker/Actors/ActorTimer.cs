using MoshBroker.Protocol;

namespace MoshBroker.Actors;

/// <summary>The one timer of an actor, a node of its dispatcher's <see cref="TimerHeap"/>.</summary>
internal sealed class ActorTimer(IScheduled actor)
{
    public IScheduled Actor { get; } = actor;

    public MonoTime Due { get; set; } = MonoTime.Forever;

    /// <summary>Place in the heap; -1 when it is not armed.</summary>
    public int Index { get; set; } = -1;
}
