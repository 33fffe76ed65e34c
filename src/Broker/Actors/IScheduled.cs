using MoshBroker.Protocol;

namespace MoshBroker.Actors;

/// <summary>What a dispatcher runs.</summary>
internal interface IScheduled
{
    /// <summary>One turn: takes what waits in the mailbox. On the dispatcher's thread.</summary>
    void Run(MonoTime now);

    /// <summary>The timer armed last is due. On the dispatcher's thread.</summary>
    void OnTimer(MonoTime now);
}
