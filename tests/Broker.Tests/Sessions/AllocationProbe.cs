using MoshBroker.Actors;
using MoshBroker.Protocol;

namespace MoshBroker.Broker.Tests.Sessions;

/// <summary>Asks a dispatcher's thread how many bytes it has allocated so far.</summary>
internal sealed class AllocationProbe : IScheduled
{
    private readonly ManualResetEventSlim _answered = new();
    private long _bytes;

    public static long Ask(IDispatcher dispatcher)
    {
        AllocationProbe probe = new();
        dispatcher.Schedule(probe);
        return probe._answered.Wait(TimeSpan.FromSeconds(30)) ? probe._bytes : throw new TimeoutException("the loop does not answer");
    }

    public void Run(MonoTime now)
    {
        _bytes = GC.GetAllocatedBytesForCurrentThread();
        _answered.Set();
    }

    public void OnTimer(MonoTime now)
    {
    }
}
