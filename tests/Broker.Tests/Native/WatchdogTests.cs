using System.Diagnostics;
using MoshBroker.Native;
using Xunit;

namespace MoshBroker.Broker.Tests.Native;

public class WatchdogTests
{
    [Fact]
    public void A_call_that_blocks_is_interrupted_also_after_the_watchdog_slept()
    {
        CallGuard guard = new();
        using Watchdog watchdog = new([guard]);
        guard.Attach();
        using FileDescriptor empty = EpollNative.CreateEpoll();

        for (int round = 0; round < 3; round++)
        {
            long began = Stopwatch.GetTimestamp();
            Assert.True(Block(guard, empty), "nobody interrupted the call");
            Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.015, 10);
            Assert.True(SpinWait.SpinUntil(() => watchdog.IsAsleep, TimeSpan.FromSeconds(10)), "the watchdog stays awake though nobody calls");
        }
    }

    /// <summary>Waits for an event that never comes; true when the wait was ended by a signal and the guard knows.</summary>
    private static unsafe bool Block(CallGuard guard, FileDescriptor empty)
    {
        EpollEvent ignored;
        guard.Enter();
        int count = EpollNative.Wait(empty, &ignored, 1, 20_000);
        int errno = Errno.Last;
        return guard.Leave() && count < 0 && errno == Errno.Interrupted;
    }
}
