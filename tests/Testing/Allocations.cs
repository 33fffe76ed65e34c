namespace MoshBroker.Testing;

/// <summary>What a piece of work allocates on its thread.</summary>
public static class Allocations
{
    private const int Runs = 5;

    /// <summary>The least of a few runs, in bytes: the runtime, when it compiles anew what has become hot, allocates too, and once only.</summary>
    public static long Least(Action work)
    {
        ArgumentNullException.ThrowIfNull(work);
        long least = long.MaxValue;
        for (int run = 0; run < Runs; run++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
