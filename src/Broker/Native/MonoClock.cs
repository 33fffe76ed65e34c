using MoshBroker.Protocol;

namespace MoshBroker.Native;

/// <summary>The broker's monotonic clock, from an injected <see cref="TimeProvider"/>.</summary>
/// <remarks>
/// Starts at a day, not at 0: a protocol timer may look back ten minutes from the first reading.
/// </remarks>
internal sealed class MonoClock(TimeProvider time)
{
    private const long Origin = 86_400_000;

    private readonly long _start = time.GetTimestamp();

    public MonoTime Now()
    {
        long ticks = time.GetTimestamp() - _start;
        return new MonoTime(Origin + (long)((Int128)ticks * 1000 / time.TimestampFrequency));
    }
}
