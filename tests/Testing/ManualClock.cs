using MoshBroker.Protocol;

namespace MoshBroker.Testing;

/// <summary>A monotonic clock that moves only when it is told to.</summary>
public sealed class ManualClock(long start = 1_000_000)
{
    public MonoTime Now { get; private set; } = new(start);

    public void Advance(long milliseconds) => AdvanceTo(Now.Plus(milliseconds));

    public void AdvanceTo(MonoTime moment)
    {
        if (moment < Now)
            throw new ArgumentOutOfRangeException(nameof(moment), "A monotonic clock never goes back.");
        Now = moment;
    }
}
